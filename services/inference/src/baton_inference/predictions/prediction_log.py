"""The prediction log: a thread that writes the rows that wait in its queue."""

from __future__ import annotations

import secrets
import threading
from typing import TYPE_CHECKING

import structlog

from baton_inference.predictions.counts import LogCounts
from baton_inference.predictions.queue import PredictionQueue
from baton_inference.predictions.sampler import Sampler
from baton_inference.telemetry.stack import format_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from baton_inference.lifecycle.clock import Clock
    from baton_inference.lifecycle.live_versions import LiveVersions
    from baton_inference.predictions.files.folder import LogFolder
    from baton_inference.predictions.log_writer import LogWriter
    from baton_inference.predictions.logged_request import LoggedRequest
    from baton_inference.predictions.options import LogOptions

POLL_INTERVAL_S = 0.25
"""The thread checks this often whether there is something to do."""
WAIT_S = 10.0
"""Each row waits so long for the answer of the other version, unless many rows wait."""
TAKE_S = 5.0
"""Rows are taken so often: a few hundred at once are converted faster than a few at a time."""
REST_S = 0.002
"""The rest after about a millisecond of work, in which the event loop can answer."""
ERROR_REST_S = 5.0

log = structlog.get_logger("baton.predictions")


class PredictionLog:
    """Logs answered rows. A disk that fails or is slow costs rows, never answers.

    Attributes:
        queue: takes the rows of answered requests.
        counts: what became of them.
        directory: the folder of the log.
    """

    def __init__(self, options: LogOptions, live: LiveVersions, clock: Clock) -> None:
        """Wires the log; starts nothing, and touches no file.

        Args:
            options: what is logged, and where.
            live: the versions that can answer.
            clock: the clock.
        """
        sampler = Sampler(options.rows_per_s, clock.steady_s)
        self.queue = PredictionQueue(sampler, clock, keeps_keys=options.key is not None)
        self.counts = LogCounts()
        self.directory = options.directory
        self._options = options
        self._live = live
        self._clock = clock
        self._stopping = threading.Event()
        self._writer: LogWriter | None = None
        self._taken_s = clock.steady_s()
        self._known = live.identities
        self._has_changed = False
        self._thread = threading.Thread(target=self.run, name="predictions", daemon=True)

    @property
    def folder(self) -> LogFolder | None:
        """The folder, as the thread saw it last; None before its first step."""
        return None if self._writer is None else self._writer.folder

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Makes the thread write what waits, and stop. Does not wait for it."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Waits until the thread has stopped, or the time is over."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def is_running(self) -> bool:
        """Whether the thread runs, perhaps blocked by a disk."""
        return self._thread.is_alive()

    def run(self) -> None:
        """Writes rows until `stop` is called, and then the last ones."""
        while not self._stopping.is_set():
            is_well = self._run_safely(self.step)
            self._stopping.wait(POLL_INTERVAL_S if is_well else ERROR_REST_S)
        self._run_safely(self.finish)

    def step(self) -> None:
        """Writes the rows that have waited, if it is time; closes the files that are due."""
        now_s, live = self._clock.steady_s(), self._live.identities
        # A version that left gives no more answers. Two steps: its last requests end just then.
        has_changed = live != self._known
        is_over = has_changed or self._has_changed
        self._known, self._has_changed = live, has_changed
        requests: Iterable[LoggedRequest] = ()
        if is_over or now_s - self._taken_s >= TAKE_S or self.queue.has_many:
            self._taken_s = now_s
            requests = self.queue.take(0.0 if is_over else WAIT_S)
        self._get_writer().write(requests, live)

    def finish(self) -> None:
        """Writes all rows, and closes all files."""
        self._get_writer().finish(self.queue.take())

    def _get_writer(self) -> LogWriter:
        if self._writer is None:
            # Arrow takes a while to import, and is not needed without a log.
            from baton_inference.predictions.log_writer import LogWriter  # noqa: PLC0415

            self._writer = LogWriter(
                self._options,
                self.counts,
                self._clock,
                secrets.token_hex(8),
                lambda: self._stopping.wait(REST_S),
            )
        return self._writer

    @staticmethod
    def _run_safely(job: Callable[[], None]) -> bool:
        """Runs a job and logs any error, so that the thread survives. Returns whether it ended."""
        try:
            job()
        except Exception as error:  # noqa: BLE001 - its text may quote a cell
            log.error(  # noqa: TRY400 - as above
                "the prediction log failed with an unexpected error", stack=format_stack(error)
            )
            return False
        return True
