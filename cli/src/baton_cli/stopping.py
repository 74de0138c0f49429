"""SIGINT and SIGTERM: what is told where they end a verb, and where they wait for a good moment.

They raise `KeyboardInterrupt` and `Terminated` wherever the main thread happens to be.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM came: whatever is half done is undone on the way out, as by Ctrl-C."""


def raise_terminated(_signal: int, _frame: object) -> None:
    """The handler of SIGTERM. Raises `Terminated`."""
    raise Terminated


@contextmanager
def explain_interruption(text: str) -> Iterator[None]:
    """What the last line says, too, where a signal ends the block, e.g. `nothing was written`."""
    try:
        yield
    except (KeyboardInterrupt, Terminated) as error:
        error.args = (text,)  # notes are added by other libraries, too
        raise


class Deferral:
    """Both signals wait from `begin` on, until the block ends or `check` is called.

    Where the block fails, that is what ends it: the signal is dropped.
    """

    def __init__(self) -> None:
        self._before: dict[int, Any] = {}
        self._came: int | None = None

    def begin(self) -> None:
        """Takes both signals over. In the main thread only."""
        for number in NUMBERS:
            self._before[number] = signal.signal(number, self._note)

    def check(self) -> None:
        """A good moment: does what a signal that came would have done."""
        came, self._came = self._came, None
        if came is not None:
            self._end()
            signal.raise_signal(came)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        if kind is None:
            self.check()

    def _note(self, number: int, _frame: object) -> None:
        self._came = number

    def _end(self) -> None:
        while self._before:
            signal.signal(*self._before.popitem())


@contextmanager
def deferred() -> Iterator[Deferral]:
    """A deferral that has begun."""
    with Deferral() as deferral:
        deferral.begin()
        yield deferral
