import io
import itertools

from rich.console import Console
from rich.table import Table

from baton_trainer.progress import ConsoleProgress


def show_phases(*, terminal: bool) -> str:
    """The console's output of two phases with messages in between."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=40)
    table = Table("column", "role")
    table.add_row("[bold]", "left out, " * 5)
    with ConsoleProgress(console) as progress:
        progress.start_phase("reading")
        progress.note("read as cp1252")
        progress.show(table)
        progress.warn("column '[bold]' is empty")
        progress.start_phase("fitting [50]")
    return text.getvalue()


def test_phase_is_a_plain_line_without_a_terminal() -> None:
    """No colours and no redrawn lines in logs of containers and CI."""
    assert show_phases(terminal=False).splitlines() == [
        "reading",
        "read as cp1252",
        "column  role",
        "[bold]  left out, left out, left out, left out, left out,",
        "warning: column '[bold]' is empty",
        "fitting [50]",
    ]


def test_phases_are_erased_in_a_terminal() -> None:
    """Other messages stay."""
    text = show_phases(terminal=True)
    for message in ("read as cp1252", "[bold] │ left out", "warning: column '[bold]' is empty"):
        assert message in text
    assert "\x1b[2K" in text
    assert "fitting" not in text.rpartition("\x1b[2K")[2]


def show_steps(*, terminal: bool) -> str:
    """The console's output of two out of three steps, ten seconds each."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=100)
    seconds = itertools.count(0, 10)
    with ConsoleProgress(console, lambda: next(seconds)) as progress:
        with progress.track_steps("searching", 3) as advance:
            advance("ROC AUC 0.80")
            advance("ROC AUC [0.81]")
        progress.start_phase("fitting")
    return text.getvalue()


def test_step_is_a_line_with_the_time_left_without_a_terminal() -> None:
    assert show_steps(terminal=False).splitlines() == [
        "searching 1 of 3: ROC AUC 0.80, 20 s left",
        "searching 2 of 3: ROC AUC [0.81], 10 s left",
        "fitting",
    ]


def test_steps_are_a_bar_that_is_erased_in_a_terminal() -> None:
    """It shows the count and the result of the last step."""
    text = show_steps(terminal=True)
    assert "2/3" in text
    assert "searching: ROC AUC [0.81]" in text
    assert "searching" not in text.rpartition("\x1b[2K")[2]
