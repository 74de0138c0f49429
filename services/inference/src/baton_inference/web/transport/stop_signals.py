"""SIGTERM and SIGINT before the server takes them over: an orderly end, at a good moment."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Ends the process with 0 by `SystemExit` in the main thread."""

    def __init__(self) -> None:
        self._is_deferred = False
        self._is_asked = False

    def take_over(self) -> None:
        """Handles both signals from now on."""
        for number in NUMBERS:
            signal.signal(number, self._handle)

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """A signal that comes meanwhile ends the process afterwards.

        While pydantic compiles a schema, an exception out of nowhere would become its own error.
        """
        self._is_deferred = True
        try:
            yield
        finally:
            self._is_deferred = False
        if self._is_asked:
            raise SystemExit(0)

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - its shape
        self._is_asked = True
        if not self._is_deferred:
            raise SystemExit(0)
