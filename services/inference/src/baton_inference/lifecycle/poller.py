"""The threads that poll: each calls its watcher's `poll` and waits in between."""

import random
import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.policy import FailedLoad, compute_wait_s

MIN_WAIT_S = 0.05

log = structlog.get_logger("baton.poller")


class Polled(Protocol):
    """A watcher. All its methods run in the poller's thread."""

    @property
    def failure(self) -> FailedLoad | None:
        """The failed load whose retry may be due before the next poll."""
        ...

    @property
    def trial_end_s(self) -> float | None:
        """When a version's trial ends; None if none is under way."""
        ...

    @property
    def is_away(self) -> bool:
        """Whether the registry gave no answer to the last poll."""
        ...

    def restore(self) -> None:
        """Prepares the first poll, without the registry."""
        ...

    def poll(self) -> None:
        """Looks at the registry once, and does what follows."""
        ...


class Poller:
    """Polls in a thread, which has the name of the watcher."""

    def __init__(
        self, watcher: Polled, clock: Clock, *, poll_interval_s: float, name: str = "watcher"
    ) -> None:
        self._watcher = watcher
        self._clock = clock
        self._poll_interval_s = poll_interval_s
        self._was_away = True
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self.run, name=name, daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Makes the thread stop after the poll that runs. Does not wait for it."""
        self._is_stopping = True
        self._wake.set()

    def join(self, timeout_s: float) -> None:
        """Waits until the thread has stopped, or the time is over."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def is_running(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

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
        """Computes the wait before the next poll.

        The first one after the start and after an outage is shorter, by lot. Replicas that started
        together, or that the registry answers again at the same moment, then poll at different
        moments. The jitter alone would need dozens of polls for that.
        """
        wait_s = self._compute_usual_wait_s()
        was_away, self._was_away = self._was_away, self._watcher.is_away
        if was_away and not self._was_away:
            return max(wait_s * random.random(), MIN_WAIT_S)  # noqa: S311 - as below
        return wait_s

    def _compute_usual_wait_s(self) -> float:
        jitter = random.uniform(-1, 1)  # noqa: S311 - spreads load, guards nothing
        now_s = self._clock.steady_s()
        wait_s = compute_wait_s(self._poll_interval_s, jitter, self._watcher.failure, now_s)
        end_s = self._watcher.trial_end_s
        return wait_s if end_s is None else min(wait_s, max(end_s - now_s, MIN_WAIT_S))


def _run_safely(job: Callable[[], None]) -> None:
    """Runs a job and logs any error, so that the thread survives."""
    try:
        job()
    except Exception:
        log.exception("the watcher failed with an unexpected error")
