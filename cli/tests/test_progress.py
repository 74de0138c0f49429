"""How far a file is scored."""

import io

import pytest
from rich.console import Console

from baton_cli.bulk.progress import ScoringProgress


class HandClock:
    """A clock that moves by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_plain_lines_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it is no terminal: a line at the start, and one every five seconds."""
    clock = HandClock()
    with ScoringProgress("scoring in.csv", clock=clock) as progress:
        clock.now_s += 4.9
        progress.advance(1000, 0.1)
        clock.now_s += 0.1
        progress.advance(2500, 0.25)
        progress.warn("left out: line 3")
        clock.now_s += 4.9
        progress.advance(4000, 0.4)
    assert capsys.readouterr().err.splitlines() == [
        "scoring in.csv",
        "25%: 2,500 rows, 500/s",
        "left out: line 3",
    ]


def test_a_bar_in_a_terminal() -> None:
    """In a terminal: one live line with share, rows and pace; warnings stay above it."""
    clock = HandClock()
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, highlight=False)
    with ScoringProgress("scoring [in].csv", console=console, clock=clock) as progress:
        clock.now_s += 2
        progress.advance(1000, 0.5)
        progress.warn("left out: line [3]")
    shown = screen.getvalue()
    assert "scoring [in].csv" in shown
    assert "50%" in shown
    assert "1,000 rows, 500/s" in shown
    assert "left out: line [3]" in shown
