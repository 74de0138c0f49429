"""Handles SIGTERM and SIGINT until the server does: exits with 0 at a safe moment."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGTERM, signal.SIGINT)


class StopSignals:
    """Turns both signals into `SystemExit(0)` in the main thread."""

    def __init__(self) -> None:
        self._is_deferred = False
        self._is_requested = False

    def install(self) -> None:
        """Installs the handler of both signals."""
        for number in NUMBERS:
            signal.signal(number, self._handle)

    @staticmethod
    def ignore() -> None:
        """Ignores both signals from now on."""
        for number in NUMBERS:
            signal.signal(number, signal.SIG_IGN)

    @contextmanager
    def defer(self) -> Iterator[None]:
        """Delays the exit until the context ends.

        pydantic would turn a `SystemExit` into its own error while it compiles a schema.
        """
        self._is_deferred = True
        try:
            yield
        finally:
            self._is_deferred = False
        if self._is_requested:
            raise SystemExit(0)

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - its shape
        self._is_requested = True
        if not self._is_deferred:
            raise SystemExit(0)
