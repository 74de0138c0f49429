from pathlib import Path

from baton_cli.processes.log import Log


def test_a_run_begins_a_log_of_its_own(tmp_path: Path) -> None:
    """The one before is kept beside it."""
    log = Log(tmp_path / "logs", "tracking")
    log.begin()
    log.path.write_text("first run\n")
    log.begin()
    assert not log.path.exists()
    assert (tmp_path / "logs" / "tracking.log.1").read_text() == "first run\n"


def test_a_log_is_bounded_while_it_is_written_to(tmp_path: Path) -> None:
    """What is too much is set aside; the writer goes on in the same file."""
    log = Log(tmp_path, "tracking")
    with log.open() as writer:
        writer.write(b"x" * 100)
        writer.flush()
        log.bound(most_bytes=100)
        assert log.path.stat().st_size == 100
        writer.write(b"y")
        writer.flush()
        log.bound(most_bytes=100)
        writer.write(b"more\n")
    assert log.path.read_bytes() == b"more\n"
    assert (tmp_path / "tracking.log.1").read_bytes() == b"x" * 100 + b"y"


def test_the_last_line_is_the_last_that_says_something(tmp_path: Path) -> None:
    """Blank lines and bytes that are no text do not hide it."""
    log = Log(tmp_path, "tracking")
    assert log.last_line() == ""
    log.path.write_bytes(b"one\n  two \xff\n\n  \n")
    assert log.last_line() == "two \N{REPLACEMENT CHARACTER}"


def test_bounding_a_log_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    """Somebody may have tidied up."""
    Log(tmp_path, "tracking").bound()


def test_warnings_are_the_lines_that_say_so(tmp_path: Path) -> None:
    """They are found wherever they stand; no log, no warnings."""
    log = Log(tmp_path, "bootstrap")
    assert log.warnings() == []
    log.path.write_bytes(b"warning: a \xff\nprogress\nno warning: b\nwarning: c\n")
    assert log.warnings() == ["warning: a \N{REPLACEMENT CHARACTER}", "warning: c"]
