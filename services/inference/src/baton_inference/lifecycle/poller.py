"""Repeats the watcher's step in a thread of its own, and waits in between."""

import random
import threading
from collections.abc import Callable

import structlog

from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.policy import wait_s
from baton_inference.lifecycle.watcher import Watcher
from baton_inference.lifecycle.watcher_state import WatcherState

JOIN_TIMEOUT_S = 1.5
"""How long `stop` waits for a step under way; the thread does not keep the process alive."""

log = structlog.get_logger("baton.poller")


class Poller:
    """The thread that watches."""

    def __init__(
        self, watcher: Watcher, record: WatcherState, clock: Clock, *, poll_interval_s: float
    ) -> None:
        self._watcher = watcher
        self._record = record
        self._clock = clock
        self._poll_interval_s = poll_interval_s
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self.run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begins to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread, unless a step takes too long to end."""
        self._is_stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(JOIN_TIMEOUT_S)

    def nudge(self) -> None:
        """Makes the next look-up come at once. Callable from any thread."""
        self._wake.set()

    def run(self) -> None:
        """Starts from the cache, then steps until stopped."""
        _survive(self._watcher.restore)
        while not self._is_stopping:
            _survive(self._watcher.step)
            self._wake.wait(self.wait_s())
            self._wake.clear()

    def wait_s(self) -> float:
        """How long to wait before the next step."""
        jitter = random.uniform(-1, 1)  # noqa: S311 - spreads load, guards nothing
        now_s = self._clock.steady_s()
        return wait_s(self._poll_interval_s, jitter, self._record.failure, now_s)


def _survive(step: Callable[[], None]) -> None:
    """The thread outlives whatever goes wrong in a step: the next one starts afresh."""
    try:
        step()
    except Exception:
        log.exception("a step of the watcher failed")
