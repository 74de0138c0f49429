"""The thread that polls: it calls `Watcher.poll` and waits in between."""

import random
import threading
from collections.abc import Callable

import structlog

from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.policy import compute_wait_s
from baton_inference.lifecycle.watcher import Watcher
from baton_inference.lifecycle.watcher_state import WatcherState

JOIN_TIMEOUT_S = 1.5
"""How long `stop` waits for a running poll. The thread does not keep the process alive."""

log = structlog.get_logger("baton.poller")


class Poller:
    """Polls the alias in a thread."""

    def __init__(
        self, watcher: Watcher, state: WatcherState, clock: Clock, *, poll_interval_s: float
    ) -> None:
        self._watcher = watcher
        self._state = state
        self._clock = clock
        self._poll_interval_s = poll_interval_s
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self.run, name="watcher", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stops the thread. Does not wait for a poll longer than `JOIN_TIMEOUT_S`."""
        self._is_stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_TIMEOUT_S)

    def nudge(self) -> None:
        """Triggers the next poll at once. Safe to call from any thread."""
        self._wake.set()

    def run(self) -> None:
        """Restores the version from the cache, then polls until `stop` is called."""
        _run_safely(self._watcher.restore)
        while not self._is_stopping:
            _run_safely(self._watcher.poll)
            self._wake.wait(self.compute_wait_s())
            self._wake.clear()

    def compute_wait_s(self) -> float:
        """Computes the wait before the next poll."""
        jitter = random.uniform(-1, 1)  # noqa: S311 - spreads load, guards nothing
        now_s = self._clock.steady_s()
        return compute_wait_s(self._poll_interval_s, jitter, self._state.failure, now_s)


def _run_safely(job: Callable[[], None]) -> None:
    """Runs a job and logs any error, so that the thread survives."""
    try:
        job()
    except Exception:
        log.exception("the watcher failed with an unexpected error")
