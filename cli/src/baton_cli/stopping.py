"""SIGINT and SIGTERM: the text that explains an interruption, and blocks that defer it.

The signals raise `KeyboardInterrupt` and `Terminated` wherever the main thread is.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM was received. Unfinished work is undone on the way out, as after Ctrl-C."""


def raise_terminated(_signal: int, _frame: object) -> None:
    """Handles SIGTERM. Raises `Terminated`."""
    raise Terminated


@contextmanager
def explain_interruption(text: str) -> Iterator[None]:
    """Adds `text` to the last line if a signal ends the block, e.g. `nothing was written`."""
    try:
        yield
    except (KeyboardInterrupt, Terminated) as error:
        error.args = (text,)  # not a note: libraries add notes of their own
        raise


class Deferral:
    """Defers both signals from `begin` until the block ends or `check` is called.

    If the block fails, its error is raised and the signal is dropped.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Any] = {}
        self._pending: int | None = None

    def begin(self) -> None:
        """Replaces the handlers of both signals. Main thread only."""
        for number in NUMBERS:
            self._handlers[number] = signal.signal(number, self._remember)

    def check(self) -> None:
        """Raises the deferred signal, if there is one."""
        pending, self._pending = self._pending, None
        if pending is not None:
            self._restore_handlers()
            signal.raise_signal(pending)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore_handlers()
        if kind is None:
            self.check()

    def _remember(self, number: int, _frame: object) -> None:
        self._pending = number

    def _restore_handlers(self) -> None:
        while self._handlers:
            signal.signal(*self._handlers.popitem())


@contextmanager
def defer_signals() -> Iterator[Deferral]:
    """Defers both signals for the whole block."""
    with Deferral() as deferral:
        deferral.begin()
        yield deferral
