"""Stops calls of a model that take too long."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from baton_engine.engine import ServingEngine, StoppableEngine

CHECK_INTERVAL_S = 0.025
"""A call is stopped at most twice this much late."""


class _Call(NamedTuple):
    engine: StoppableEngine
    read_s: Callable[[], float]
    due_s: float


class Watchdog:
    """A thread that stops the calls of one other thread.

    It looks at the clock forty times a second while there are calls. A timer for each call would
    start a thread for each.

    The limit is one on processor time. Nobody waits for these calls, and on a busy machine a good
    model may need long for little work.
    """

    def __init__(self) -> None:
        self._call: _Call | None = None
        self._is_used = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow-watchdog", daemon=True)

    @contextmanager
    def limit_time(self, engine: ServingEngine, limit_s: float) -> Iterator[StoppableEngine]:
        """Gives an engine of the same model whose calls in this thread fail after `limit_s`.

        They fail with `EngineError`. Starts the watchdog's thread at the first use.

        Args:
            engine: the engine.
            limit_s: seconds of processor time of the calling thread.
        """
        if not self._thread.is_alive():
            self._thread.start()
        stoppable, read_s = engine.make_stoppable(), _find_clock()
        self._call = _Call(stoppable, read_s, read_s() + limit_s)
        self._is_used.set()  # after the call is known: see `_run`
        try:
            yield stoppable
        finally:
            self._call = None

    def _run(self) -> None:
        while True:
            self._is_used.wait()
            self._is_used.clear()
            time.sleep(CHECK_INTERVAL_S)  # however many calls there are, it wakes this often
            while (call := self._call) is not None:
                if call.read_s() >= call.due_s:
                    call.engine.stop()
                time.sleep(CHECK_INTERVAL_S)


def _find_clock() -> Callable[[], float]:
    """Finds a clock that other threads can read, for the processor time of this thread.

    Systems without one, such as macOS, get the time that passes.
    """
    get_clock = getattr(time, "pthread_getcpuclockid", None)
    if get_clock is None:
        return time.monotonic
    clock: int = get_clock(threading.get_ident())
    return lambda: time.clock_gettime(clock)
