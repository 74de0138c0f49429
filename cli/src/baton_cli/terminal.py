"""What people read: results on stdout, progress on stderr; plain text where it is no terminal.

rich decides about colours: none in a pipe, none with NO_COLOR.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.text import Text

PIPE_WIDTH = 10_000  # a program reads it: never wrap


def show(renderable: RenderableType) -> None:
    """Prints a result."""
    if isinstance(renderable, str):
        click.echo(renderable)
        return
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(renderable)
        return
    console.width = PIPE_WIDTH
    with console.capture() as captured:
        console.print(renderable)
    click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


def one_line(text: str) -> str:
    """A text of anybody's as part of a line: what is no printable character is a space there."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def show_json(document: Any) -> None:
    """Prints a result as one JSON document."""
    click.echo(json.dumps(document, indent=2))


def tell(text: str) -> None:
    """Prints one line of progress. That nobody can read it any more is no reason to fail."""
    with suppress(OSError):
        click.echo(text, err=True)


def end_line() -> None:
    """Begins a line anew after the `^C` that a terminal shows."""
    if sys.stderr.isatty():
        tell("")


@contextmanager
def waiting(text: str, *, in_pipes: bool = True) -> Iterator[Callable[[str], None]]:
    """A spinner while something takes its time, and what changes its text.

    Where it is no terminal, the first text is one plain line; nothing at all without `in_pipes`.
    """
    console = Console(file=sys.stderr, highlight=False)
    if console.is_terminal:
        with console.status(Text(text), spinner="line") as status:
            yield lambda news: status.update(Text(news))
        return
    if in_pipes:
        tell(text)
    yield lambda _: None
