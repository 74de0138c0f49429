import io

from rich.console import Console

from baton_trainer.progress import ConsoleProgress


def told(*, terminal: bool) -> str:
    """What stands on the console after two phases and a warning."""
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=200)
    with ConsoleProgress(console) as progress:
        progress.phase("reading")
        progress.warn("column '[bold]' is odd")
        progress.phase("fitting [50]")
    return text.getvalue()


def test_without_a_terminal_every_phase_is_a_plain_line() -> None:
    """Logs of containers and CI read well: no colours, no redrawn lines."""
    assert told(terminal=False) == "reading\nwarning: column '[bold]' is odd\nfitting [50]\n"


def test_in_a_terminal_only_warnings_stay() -> None:
    """The live line is erased at the end; what was written above it remains."""
    text = told(terminal=True)
    assert "warning: column '[bold]' is odd" in text
    assert "\x1b[2K" in text
    assert "fitting" not in text.rpartition("\x1b[2K")[2]
