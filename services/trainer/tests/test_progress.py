import io
import itertools

from rich.console import Console
from rich.table import Table

from baton_trainer.progress import ConsoleProgress


def told(*, terminal: bool) -> str:
    """What stands on the console after two phases and what was told in between."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=40)
    table = Table("column", "role")
    table.add_row("[bold]", "left out, " * 5)
    with ConsoleProgress(console) as progress:
        progress.start_phase("reading")
        progress.note("read as cp1252")
        progress.show(table)
        progress.warn("column '[bold]' is odd")
        progress.start_phase("fitting [50]")
    return text.getvalue()


def test_without_a_terminal_every_phase_is_a_plain_line() -> None:
    """Logs of containers and CI read well: no colours, no redrawn lines."""
    assert told(terminal=False).splitlines() == [
        "reading",
        "read as cp1252",
        "column  role",
        "[bold]  left out, left out, left out, left out, left out,",
        "warning: column '[bold]' is odd",
        "fitting [50]",
    ]


def test_in_a_terminal_all_but_the_phases_stays() -> None:
    """The live line is erased at the end; what was written above it remains."""
    text = told(terminal=True)
    for stays in ("read as cp1252", "[bold] │ left out", "warning: column '[bold]' is odd"):
        assert stays in text
    assert "\x1b[2K" in text
    assert "fitting" not in text.rpartition("\x1b[2K")[2]


def stepped(*, terminal: bool) -> str:
    """What stands on the console after two steps of ten seconds, of three."""
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
    """Judged by the steps so far."""
    assert stepped(terminal=False).splitlines() == [
        "searching 1 of 3: ROC AUC 0.80, 20 s left",
        "searching 2 of 3: ROC AUC [0.81], 10 s left",
        "fitting",
    ]


def test_in_a_terminal_steps_are_a_bar_that_goes_away() -> None:
    """It counts, and says what came of the last step."""
    text = stepped(terminal=True)
    assert "2/3" in text
    assert "searching: ROC AUC [0.81]" in text
    assert "searching" not in text.rpartition("\x1b[2K")[2]
