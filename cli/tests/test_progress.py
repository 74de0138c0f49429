"""Progress of training runs and scoring jobs, in a terminal and outside one."""

import io
import itertools

import pytest
from rich.console import Console
from rich.table import Table

from baton_cli.progress import ConsoleProgress


class ManualClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def print_two_phases(*, terminal: bool) -> str:
    """Everything that the console gets: two phases, and the lines between them."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=40)
    table = Table("column", "role")
    table.add_row("[bold]", "left out, " * 5)
    with ConsoleProgress(console) as progress:
        progress.start_phase("reading")
        progress.note("read as cp1252")
        progress.show(table)
        progress.warn("column '[bold]' is constant")
        progress.start_phase("fitting [50]")
    return text.getvalue()


def test_without_a_terminal_every_phase_is_a_plain_line() -> None:
    """Logs of containers and CI have no colours and no redrawn lines."""
    assert print_two_phases(terminal=False).splitlines() == [
        "reading",
        "read as cp1252",
        "column  role",
        "[bold]  left out, left out, left out, left out, left out,",
        "warning: column '[bold]' is constant",
        "fitting [50]",
    ]


def test_in_a_terminal_all_but_the_phases_stays() -> None:
    """The live line is erased at the end; the lines above it remain."""
    text = print_two_phases(terminal=True)
    for line in ("read as cp1252", "[bold] │ left out", "warning: column '[bold]' is constant"):
        assert line in text
    assert "\x1b[2K" in text
    assert "fitting" not in text.rpartition("\x1b[2K")[2]


def print_two_steps(*, terminal: bool) -> str:
    """Everything that the console gets: two of three steps, ten seconds each."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100)
    seconds = itertools.count(0, 10)
    with ConsoleProgress(console, lambda: next(seconds)) as progress:
        with progress.track_steps("searching", 3) as advance:
            advance("ROC AUC 0.80")
            advance("ROC AUC [0.81]")
        progress.start_phase("fitting")
    return text.getvalue()


def test_without_a_terminal_every_step_is_a_line_with_the_time_left() -> None:
    """The time left follows from the steps so far."""
    assert print_two_steps(terminal=False).splitlines() == [
        "searching 1 of 3: ROC AUC 0.80, 20 s left",
        "searching 2 of 3: ROC AUC [0.81], 10 s left",
        "fitting",
    ]


def test_in_a_terminal_steps_are_a_transient_bar() -> None:
    """The bar shows the count and the result of the last step."""
    text = print_two_steps(terminal=True)
    assert "2/3" in text
    assert "searching: ROC AUC [0.81]" in text
    assert "searching" not in text.rpartition("\x1b[2K")[2]


def test_without_a_terminal_rows_are_a_line_every_five_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The title comes first; warnings are printed at once."""
    clock = ManualClock()
    with ConsoleProgress(clock=clock) as progress, progress.track_rows("scoring in.csv") as advance:
        clock.now_s += 4.9
        advance(1000, 0.1)
        clock.now_s += 0.1
        advance(2500, 0.25)
        progress.note("skipped line 3")
        clock.now_s += 4.9
        advance(4000, 0.4)
    assert capsys.readouterr().err.splitlines() == [
        "scoring in.csv",
        "25%: 2,500 rows, 500/s",
        "skipped line 3",
    ]


def test_in_a_terminal_rows_are_a_bar() -> None:
    """It shows share, rows and pace; notes stay above it."""
    clock = ManualClock()
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=120, highlight=False)
    with (
        ConsoleProgress(console, clock) as progress,
        progress.track_rows("scoring [in].csv") as advance,
    ):
        clock.now_s += 2
        advance(1000, 0.5)
        progress.note("skipped line [3]")
    text = screen.getvalue()
    assert "scoring [in].csv" in text
    assert "50%" in text
    assert "1,000 rows, 500/s" in text
    assert "skipped line [3]" in text
