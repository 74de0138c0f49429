"""Output of the verbs: results on stdout, progress on stderr; plain text outside a terminal.

rich decides about colours: none in a pipe, none with NO_COLOR.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.text import Text

PIPE_WIDTH = 10_000
"""Columns outside a terminal: wide enough that no line wraps."""


def show(renderable: RenderableType) -> None:
    """Prints a result on stdout."""
    if isinstance(renderable, str):
        click.echo(renderable)
        return
    console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(renderable)
    else:
        click.echo("\n".join(render_plain(renderable)))


def show_json(document: Any) -> None:
    """Prints a result on stdout as one JSON document; numbers that JSON does not have are null."""
    click.echo(json.dumps(_replace_non_finite(document), indent=2, allow_nan=False))


def _replace_non_finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _replace_non_finite(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replace_non_finite(each) for each in value]
    return value


def render_plain(renderable: RenderableType) -> list[str]:
    """Renders lines without colours, wrapping or trailing blanks."""
    console = Console(
        width=PIPE_WIDTH, color_system=None, highlight=False, markup=False, emoji=False
    )
    with console.capture() as captured:
        console.print(renderable)
    return [line.rstrip() for line in captured.get().splitlines()]


def to_printable_line(text: str) -> str:
    """Makes one line of a user's text: each run of unprintable characters becomes a space."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def shorten_path(path: Path) -> str:
    """Returns the path relative to the working directory if it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def print_progress(text: str) -> None:
    """Prints one line of progress on stderr. A closed stderr is not a failure."""
    with suppress(OSError):
        click.echo(text, err=True)


def print_event(text: str) -> None:
    """Prints one line of a service's log on stderr, with the time."""
    print_progress(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}")


def end_line() -> None:
    """Ends the line on which a terminal shows `^C`."""
    if sys.stderr.isatty():
        print_progress("")


@contextmanager
def show_spinner(text: str, *, in_pipes: bool = True) -> Iterator[Callable[[str], None]]:
    """Shows a spinner on stderr; the block gets a function that changes its text.

    Outside a terminal the first text is printed as one line, or nothing without `in_pipes`.
    """
    console = Console(file=sys.stderr, highlight=False)
    if console.is_terminal:
        with console.status(Text(text)) as status:
            yield lambda news: status.update(Text(news))
        return
    if in_pipes:
        print_progress(text)
    yield lambda _: None
