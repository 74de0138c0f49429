"""Progress: a bar on a terminal, plain lines elsewhere; on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from baton_cli.terminal import print_progress

Step = Callable[[str], None]
"""Says what was just done; counts one."""


@contextmanager
def progress(steps: int) -> Iterator[Step]:
    """Shows how far along so many steps are."""
    console = Console(file=sys.stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        yield print_progress
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("", total=steps)
        yield lambda text: bar.update(task, advance=1, description=text)
