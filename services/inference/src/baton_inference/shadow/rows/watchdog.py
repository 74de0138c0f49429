"""Stops calls of a model that take too long, and gives up those that cannot be stopped."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from baton_engine.engine import EngineError, ServingEngine, StoppableEngine

CHECK_INTERVAL_S = 0.025
"""A call is stopped at most twice this much late."""
MAX_STOPS = 400
"""A call that goes on after so many stops, ten seconds, is given up.

ONNX Runtime stops a model between two nodes, and a node may take for ever. Stops are counted, not
time: a process that is suspended does not lose its threads.
"""

MAX_CHECKS = 2_400
"""A call is stopped after this many checks, a minute, even if it only waits and does not work."""


class _Call(NamedTuple):
    engine: ServingEngine
    stoppable: StoppableEngine
    read_s: Callable[[], float]
    due_s: float


class Watchdog:
    """A thread that stops the calls of one other thread.

    It reads the clock forty times a second while there are calls. A timer for each call would
    start a thread for each.

    The limit is one on processor time. No caller waits for these calls, and on a busy machine a
    good model may need long for little work.

    Attributes:
        has_given_up: whether the other thread is blocked. It makes no more calls.
    """

    def __init__(
        self,
        give_up: Callable[[ServingEngine], None] = lambda _: None,
        *,
        max_stops: int = MAX_STOPS,
    ) -> None:
        """Starts nothing yet.

        Args:
            give_up: called once, in the watchdog's thread, with the engine of a call that cannot
                be stopped. The watchdog then ends.
            max_stops: the stops that a call may ignore.
        """
        self.has_given_up = False
        self._give_up = give_up
        self._max_stops = max_stops
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

        Raises:
            EngineError: the thread has been given up.
        """
        if self.has_given_up:
            raise EngineError("an earlier call was given up")
        if not self._thread.is_alive():
            self._thread.start()
        stoppable, read_s = engine.make_stoppable(), _find_clock()
        self._call = _Call(engine, stoppable, read_s, read_s() + limit_s)
        self._is_used.set()  # after the call is known: see `_run`
        try:
            yield stoppable
        finally:
            self._call = None

    def _run(self) -> None:
        while not self.has_given_up:
            self._is_used.wait()
            self._is_used.clear()
            time.sleep(CHECK_INTERVAL_S)  # however many calls there are, it wakes this often
            self._watch()

    def _watch(self) -> None:
        """Watches calls until there is none."""
        watched: _Call | None = None
        checks = stops = 0
        while (call := self._call) is not None:
            if call is not watched:
                watched, checks, stops = call, 0, 0
            checks += 1
            if call.read_s() >= call.due_s or checks > MAX_CHECKS:
                stops += 1
                call.stoppable.stop()
            if stops > self._max_stops:
                self.has_given_up = True
                self._give_up(call.engine)
                return
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
