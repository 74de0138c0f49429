"""Shows the progress of a training: a live line in a terminal, else plain lines."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.status import Status
from rich.table import Table

Advance = Callable[[str], None]
"""Marks one more step as done; the text is its result."""

_NEVER_WRAP = 10_000


class Progress(Protocol):
    """Receives the progress of a training."""

    def start_phase(self, text: str) -> None:
        """Starts a new phase."""
        ...

    def track_steps(self, text: str, total: int) -> AbstractContextManager[Advance]:
        """Starts a phase with a known number of steps; the block calls `Advance` after each."""
        ...

    def note(self, text: str) -> None:
        """Reports a fact or a decision, in one line."""
        ...

    def warn(self, text: str) -> None:
        """Warns, in one line."""
        ...

    def show(self, table: Table) -> None:
        """Shows a table."""
        ...


class NoProgress:
    """Shows nothing."""

    def start_phase(self, text: str) -> None:
        """Nothing."""

    @contextmanager
    def track_steps(self, text: str, total: int) -> Iterator[Advance]:  # noqa: ARG002 - the protocol's
        """Nothing."""
        yield lambda _: None

    def note(self, text: str) -> None:
        """Nothing."""

    def warn(self, text: str) -> None:
        """Nothing."""

    def show(self, table: Table) -> None:
        """Nothing."""


class ConsoleProgress:
    """Writes to a console, by default stderr; a context manager that clears its live line."""

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(stderr=True)
        self._clock = clock
        self._live = self._console.status("") if self._console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def start_phase(self, text: str) -> None:
        """Updates the live line; without a terminal, prints a line."""
        if self._live:
            self._live.update(escape(text))
        else:
            self._print(text)

    def note(self, text: str) -> None:
        """Prints a line."""
        self._print(text)

    def track_steps(self, text: str, total: int) -> AbstractContextManager[Advance]:
        """Shows a bar with the time left; without a terminal, prints a line for each step."""
        return (
            self._show_bar(self._live, text, total)
            if self._live
            else self._print_steps(text, total)
        )

    @contextmanager
    def _show_bar(self, live: Status, text: str, total: int) -> Iterator[Advance]:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
        )
        live.stop()
        try:
            with Bar(*columns, console=self._console, transient=True) as bar:
                task = bar.add_task(escape(text), total=total)
                yield lambda note: bar.update(
                    task, advance=1, description=escape(f"{text}: {note}")
                )
        finally:
            live.start()

    @contextmanager
    def _print_steps(self, text: str, total: int) -> Iterator[Advance]:
        start, done = self._clock(), 0

        def advance(note: str) -> None:
            nonlocal done
            done += 1
            left_s = (self._clock() - start) / done * (total - done)
            self._print(f"{text} {done} of {total}: {note}, {left_s:.0f} s left")

        yield advance

    def warn(self, text: str) -> None:
        """Prints a line."""
        self._print(f"warning: {text}", style="yellow")

    def show(self, table: Table) -> None:
        """Prints a table; without a terminal each row is one line, never wrapped."""
        if self._console.is_terminal:
            self._console.print(table, markup=False, highlight=False)
            return
        table.box, table.pad_edge = None, False
        wide = Console(width=_NEVER_WRAP, color_system=None)
        with wide.capture() as capture:
            wide.print(table, markup=False, highlight=False)
        for line in capture.get().splitlines():
            self._print(line.rstrip())

    def _print(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
