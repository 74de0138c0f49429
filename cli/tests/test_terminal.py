import json
import math
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.table import Table

from baton_cli import terminal

SHOW_RED = (
    "from rich.text import Text; from baton_cli import terminal; terminal.show(Text('red', 'red'))"
)


def test_pipe_gets_unwrapped_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    """No colours, no wrapping, no trailing blanks."""
    table = Table("name", "[red]reason", box=None, pad_edge=False)
    table.add_row("a", "x" * 500, style="red")
    table.add_row("b", "")
    terminal.show(table)
    assert capsys.readouterr().out.splitlines()[1:] == [f"a     {'x' * 500}", "b"]


def test_markup_in_text_is_printed_literally(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the user's text."""
    terminal.show("[bold]x[/bold]")
    assert capsys.readouterr().out == "[bold]x[/bold]\n"


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else is on stdout."""
    terminal.show_json({"a": [1]})
    assert json.loads(capsys.readouterr().out) == {"a": [1]}


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_terminal_gets_colours_without_no_color(no_color: str, *, coloured: bool) -> None:
    """NO_COLOR is honoured."""
    read_end, terminal_end = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "NO_COLOR": no_color}
    subprocess.run(
        [sys.executable, "-c", SHOW_RED], stdout=terminal_end, env=environment, check=True
    )
    os.close(terminal_end)
    assert (b"\x1b[31m" in os.read(read_end, 1000)) is coloured
    os.close(read_end)


def test_spinner_can_be_silent_in_a_pipe(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Verbs that move an alias print only failures on stderr."""
    with terminal.show_spinner("a moment", in_pipes=False) as update:
        update("another")
    assert capsys.readouterr().err == ""


def test_spinner_prints_one_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    """A log gets the first text only."""
    with terminal.show_spinner("a moment") as update:
        update("another")
    assert capsys.readouterr().err == "a moment\n"


def test_markup_in_a_table_is_printed_literally(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of emojis are printed literally, too."""
    table = Table()
    table.add_column("reason")
    table.add_row(":warning: [red]x[/red]")
    terminal.show(table)
    assert ":warning: [red]x[/red]" in capsys.readouterr().out


def test_path_below_the_working_directory_is_relative(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Other paths stay absolute."""
    monkeypatch.chdir(tmp_path)
    assert terminal.shorten_path(tmp_path / "a" / "b") == "a/b"
    assert terminal.shorten_path(Path("/elsewhere")) == "/elsewhere"


def test_json_has_null_for_numbers_that_it_does_not_have(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A strict reader would refuse the whole document."""
    document = {"rmse": math.inf, "interval": (math.nan, 1.0), "rows": [{"n": 2, "x": -math.inf}]}
    terminal.show_json(document)
    assert json.loads(capsys.readouterr().out, parse_constant=pytest.fail) == {
        "rmse": None, "interval": [None, 1.0], "rows": [{"n": 2, "x": None}],
    }  # fmt: skip
