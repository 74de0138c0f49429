"""Shows the progress of a training run or scoring job on stderr: live in a terminal, else lines."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from baton_cli.terminal import render_plain

AdvanceStep = Callable[[str], None]
"""Counts one step; the text is its result."""
AdvanceRows = Callable[[int, float], None]
"""Takes the rows scored so far and the share of the file that has been read, 0 to 1."""

ROWS_INTERVAL_S = 5.0
_SCALE = 1000


class ConsoleProgress:
    """Implements the trainer's `Progress`, and `track_rows` for bulk scoring.

    A context manager: no live line is left after it.
    """

    def __init__(
        self, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._clock = clock
        self._live = self._console.status("") if self._console.is_terminal else None
        self._has_phase = False

    def __enter__(self) -> Self:
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
        """Replaces the live line; prints a line outside a terminal."""
        if self._live:
            self._live.update(Text(text))
            self._live.start()
            self._has_phase = True
        else:
            self._print(text)

    def note(self, text: str) -> None:
        """Prints a line that stays."""
        self._print(text)

    def warn(self, text: str) -> None:
        """Prints a warning that stays."""
        self._print(f"warning: {text}", style="yellow")

    def show(self, table: Table) -> None:
        """Prints a table that stays; outside a terminal each row is one line, never wrapped."""
        if self._live:
            self._console.print(table, markup=False, highlight=False)
            return
        table.box, table.pad_edge = None, False
        for line in render_plain(table):
            self._print(line)

    def track_steps(self, text: str, total: int) -> AbstractContextManager[AdvanceStep]:
        """Counts steps: a bar with the time left, or one line a step outside a terminal."""
        return (
            self._show_step_bar(text, total) if self._live else self._show_step_lines(text, total)
        )

    def track_rows(self, text: str) -> AbstractContextManager[AdvanceRows]:
        """Counts rows: a bar with the time left, or a line every few seconds."""
        return self._show_row_bar(text) if self._live else self._show_row_lines(text)

    @contextmanager
    def _show_step_bar(self, text: str, total: int) -> Iterator[AdvanceStep]:
        with self._show_bar(MofNCompleteColumn()) as bar:
            task = bar.add_task(text, total=total, note="")
            yield lambda note: bar.update(task, advance=1, description=f"{text}: {note}")

    @contextmanager
    def _show_step_lines(self, text: str, total: int) -> Iterator[AdvanceStep]:
        start, count = self._clock(), 0

        def advance(note: str) -> None:
            nonlocal count
            count += 1
            left_s = (self._clock() - start) / count * (total - count)
            self._print(f"{text} {count} of {total}: {note}, {left_s:.0f} s left")

        yield advance

    @contextmanager
    def _show_row_bar(self, text: str) -> Iterator[AdvanceRows]:
        start = self._clock()

        def advance(rows: int, share_read: float) -> None:
            note = _format_pace(rows, self._clock() - start)
            bar.update(task, completed=share_read * _SCALE, note=note)

        with self._show_bar(TaskProgressColumn()) as bar:
            task = bar.add_task(text, total=_SCALE, note="")
            yield advance

    @contextmanager
    def _show_row_lines(self, text: str) -> Iterator[AdvanceRows]:
        self._print(text)
        start = last = self._clock()

        def advance(rows: int, share_read: float) -> None:
            nonlocal last
            if (now := self._clock()) - last >= ROWS_INTERVAL_S:
                last = now
                self._print(f"{share_read:.0%}: {_format_pace(rows, now - start)}")

        yield advance

    @contextmanager
    def _show_bar(self, count: ProgressColumn) -> Iterator[Progress]:
        """A bar in place of the live line; `note` is a field of its task."""
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            count,
            TextColumn("{task.fields[note]}", markup=False),
            TimeRemainingColumn(),
        )
        if self._live:
            self._live.stop()
        try:
            with Progress(*columns, console=self._console, transient=True) as bar:
                yield bar
        finally:
            if self._live and self._has_phase:
                self._live.start()

    def _print(self, text: str, style: str | None = None) -> None:
        if self._live:
            self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
            return
        with suppress(OSError):  # a closed stderr does not end the work
            click.echo(text, file=self._console.file)


def _format_pace(rows: int, elapsed_s: float) -> str:
    return f"{rows:,} rows, {rows / max(elapsed_s, 1e-9):,.0f}/s"
