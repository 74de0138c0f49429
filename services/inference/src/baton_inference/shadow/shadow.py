"""The shadow: compares both live versions in a thread, and replaces a thread that is blocked."""

import threading
from collections.abc import Callable

import structlog

from baton_engine.engine import ServingEngine
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.shadow.board import ShadowBoard
from baton_inference.shadow.breaker import Breaker
from baton_inference.shadow.queue import SampleQueue
from baton_inference.shadow.rows.watchdog import MAX_STOPS
from baton_inference.shadow.status import PairsStatus, RowOutcomes
from baton_inference.shadow.worker import ShadowWorker
from baton_rollout.progress.record import Record

MAX_BLOCKED = 4
"""Threads that are given up. They cannot be ended, and each uses a processor."""

log = structlog.get_logger("baton.shadow")


class Shadow:
    """Compares the live versions on sampled rows while a canary is live.

    A call that cannot be stopped blocks its thread for ever. The thread is given up, its canary
    trips, and another thread goes on with other versions. After `MAX_BLOCKED` of them nothing is
    compared any more until a restart.
    """

    def __init__(  # noqa: PLR0913 - its parts, wired in one place
        self,
        live: LiveVersions,
        breaker: Breaker,
        clock: Clock,
        *,
        share: float,
        find_record: Callable[[], Record | None] = lambda: None,
        max_stops: int = MAX_STOPS,
    ) -> None:
        """Wires the shadow; starts nothing.

        Args:
            live: the versions that can answer.
            breaker: trips a harmful canary.
            clock: the clock.
            share: the most of one processor that the shadow uses.
            find_record: returns the record of the last rollout, if it is known.
            max_stops: the stops that a call may ignore; see `Watchdog`.
        """
        self._board = ShadowBoard(live, breaker, clock, share, find_record)
        self._max_stops = max_stops
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._blocked: list[ShadowWorker] = []
        self._worker = self._make_worker()

    @property
    def queue(self) -> SampleQueue:
        """Takes the rows of answered requests."""
        return self._board.queue

    @property
    def outcomes(self) -> RowOutcomes:
        """What became of them."""
        return self._board.outcomes

    @property
    def process(self) -> str:
        """A random name of this process."""
        return self._board.process

    @property
    def status(self) -> PairsStatus | None:
        """The counts of the present pair; None without one."""
        return self._board.status

    @property
    def stop_reason(self) -> str:
        """Why nothing is compared any more; empty if it is."""
        return self._board.stop_reason

    def start(self) -> None:
        """Starts the thread."""
        self._worker.thread.start()

    def stop(self) -> None:
        """Makes the thread stop after the batch that it scores. Does not wait for it."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        """Waits until the thread has stopped, or the time is over."""
        thread = self._worker.thread
        if thread.is_alive():
            thread.join(timeout_s)

    @property
    def is_running(self) -> bool:
        """Whether a thread runs, perhaps for ever."""
        return any(each.thread.is_alive() for each in (self._worker, *self._blocked))

    def run(self) -> None:
        """Scores batches until `stop` is called, in the calling thread."""
        self._worker.run()

    def step(self) -> None:
        """Scores one batch, if there is one."""
        self._worker.step()

    def _make_worker(self) -> ShadowWorker:
        return ShadowWorker(
            self._board, self._stopping, self._replace_worker, max_stops=self._max_stops
        )

    def _replace_worker(self, worker: ShadowWorker, engine: ServingEngine) -> None:
        """Gives up a worker whose call cannot be stopped. Runs in the worker's watchdog."""
        board, pair = self._board, worker.pair
        with self._lock:
            self._blocked.append(worker)
            board.endless.add(engine)
            board.outcomes.abandoned += worker.rows
            if pair is not None:
                is_canary = engine is pair.canary.engine
                version = pair.canary if is_canary else pair.production
                log.error(
                    "a call in the shadow cannot be stopped: its thread is given up",
                    version=version.model.version,
                )
                if is_canary:
                    board.breaker.trip_endless(version.identity)
            if sum(each.thread.is_alive() for each in self._blocked) > MAX_BLOCKED:
                self._stop_comparing()
                return
            self._worker = self._make_worker()
            self._worker.thread.start()

    def _stop_comparing(self) -> None:
        board = self._board
        board.status = None
        board.stop_reason = (
            "nothing is compared any more: models that cannot be stopped block"
            f" {len(self._blocked)} threads; restart"
        )
        log.error("the shadow has stopped", reason=board.stop_reason)
