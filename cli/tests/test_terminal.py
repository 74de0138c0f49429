import json
import os
import pty
import subprocess
import sys

import pytest
from rich.table import Table

from baton_cli import terminal

SHOW_RED = (
    "from rich.text import Text; from baton_cli import terminal; terminal.show(Text('red', 'red'))"
)


def test_a_pipe_gets_plain_text_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    """No colours, no wrapping, no blanks at the end: programs read it."""
    table = Table("name", "[red]reason", box=None, pad_edge=False)
    table.add_row("a", "x" * 500, style="red")
    table.add_row("b", "")
    terminal.show(table)
    assert capsys.readouterr().out.splitlines()[1:] == [f"a     {'x' * 500}", "b"]


def test_text_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """What looks like markup is the user's own text."""
    terminal.show("[bold]x[/bold]")
    assert capsys.readouterr().out == "[bold]x[/bold]\n"


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else is on stdout."""
    terminal.show_json({"a": [1]})
    assert json.loads(capsys.readouterr().out) == {"a": [1]}


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_a_terminal_gets_colours_unless_it_asks_for_none(no_color: str, *, coloured: bool) -> None:
    """NO_COLOR is honoured."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "NO_COLOR": no_color}
    subprocess.run([sys.executable, "-c", SHOW_RED], stdout=theirs, env=environment, check=True)
    os.close(theirs)
    assert (b"\x1b[31m" in os.read(ours, 1000)) is coloured
    os.close(ours)


def test_waiting_says_nothing_in_a_pipe_where_stderr_is_for_failures(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The verbs that move an alias write no other line on stderr."""
    with terminal.waiting("a moment", in_pipes=False) as update:
        update("another")
    assert capsys.readouterr().err == ""


def test_waiting_says_once_in_a_pipe_what_it_waits_for(capsys: pytest.CaptureFixture[str]) -> None:
    """A log gets one line a phase."""
    with terminal.waiting("a moment") as update:
        update("another")
    assert capsys.readouterr().err == "a moment\n"


def test_a_table_repeats_what_people_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither markup nor the name of an emoji in a cell is anything but text."""
    table = Table()
    table.add_column("reason")
    table.add_row(":warning: [red]x[/red]")
    terminal.show(table)
    assert ":warning: [red]x[/red]" in capsys.readouterr().out
