"""How far a file is scored: a bar in a terminal, else a plain line now and then."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from baton_cli import terminal

LINE_EVERY_S = 5.0
_STEPS = 1000


class ScoringProgress:
    """Tells stderr; a context, after which no live line is left."""

    def __init__(
        self,
        title: str,
        *,
        console: Console | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._start_s = self._told_s = clock()
        console = console or Console(stderr=True, highlight=False)
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rows]}"),
                TimeRemainingColumn(),
                console=console,
                transient=True,
            )
            self._task = self._bar.add_task(title, total=_STEPS, rows="")
        else:
            terminal.tell(title)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()

    def warn(self, text: str) -> None:
        """A line that stays."""
        if self._bar:
            self._bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            terminal.tell(text)

    def advance(self, rows: int, share_read: float) -> None:
        """So many rows are scored, and so much of the file is read."""
        now_s = self._clock()
        pace = f"{rows:,} rows, {rows / max(now_s - self._start_s, 1e-9):,.0f}/s"
        if self._bar:
            self._bar.update(self._task, completed=share_read * _STEPS, rows=pace)
        elif now_s - self._told_s >= LINE_EVERY_S:
            self._told_s = now_s
            terminal.tell(f"{share_read:.0%}: {pace}")
