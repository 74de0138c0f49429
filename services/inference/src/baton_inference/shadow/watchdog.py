"""Stops calls of a model that take too long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from baton_engine.engine import ServingEngine, StoppableEngine

CHECK_INTERVAL_S = 0.025
"""A call is stopped at most twice this much late."""


class _Call(NamedTuple):
    engine: StoppableEngine
    due_s: float


class Watchdog:
    """A thread that stops the calls of one other thread.

    It looks at the clock forty times a second while there are calls. A timer for each call would
    start a thread for each.
    """

    def __init__(self) -> None:
        self._call: _Call | None = None
        self._is_used = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow-watchdog", daemon=True)

    @contextmanager
    def limit_time(self, engine: ServingEngine, limit_s: float) -> Iterator[StoppableEngine]:
        """Gives an engine of the same model whose calls fail with `EngineError` after `limit_s`.

        Starts the thread at the first use.
        """
        if not self._thread.is_alive():
            self._thread.start()
        stoppable = engine.make_stoppable()
        self._call = _Call(stoppable, time.monotonic() + limit_s)
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
                if time.monotonic() >= call.due_s:
                    call.engine.stop()
                time.sleep(CHECK_INTERVAL_S)
