from pathlib import Path

from baton_cli.processes.log import Log


def test_rotate_starts_a_new_log(tmp_path: Path) -> None:
    """The previous log stays beside it."""
    log = Log(tmp_path / "logs", "tracking")
    log.rotate()
    log.path.write_text("first run\n")
    log.rotate()
    assert not log.path.exists()
    assert (tmp_path / "logs" / "tracking.log.1").read_text() == "first run\n"


def test_log_size_is_limited_during_writes(tmp_path: Path) -> None:
    """The content moves to the predecessor; the writer continues in the same file."""
    log = Log(tmp_path, "tracking")
    with log.open() as writer:
        writer.write(b"x" * 100)
        writer.flush()
        log.limit_size(max_bytes=100)
        assert log.path.stat().st_size == 100
        writer.write(b"y")
        writer.flush()
        log.limit_size(max_bytes=100)
        writer.write(b"more\n")
    assert log.path.read_bytes() == b"more\n"
    assert (tmp_path / "tracking.log.1").read_bytes() == b"x" * 100 + b"y"


def test_last_line_skips_blank_lines(tmp_path: Path) -> None:
    """Invalid UTF-8 is replaced."""
    log = Log(tmp_path, "tracking")
    assert log.read_last_line() == ""
    log.path.write_bytes(b"one\n  two \xff\n\n  \n")
    assert log.read_last_line() == "two \N{REPLACEMENT CHARACTER}"


def test_limit_size_ignores_a_missing_log(tmp_path: Path) -> None:
    """A user may have deleted it."""
    Log(tmp_path, "tracking").limit_size()


def test_warnings_are_the_lines_with_the_prefix(tmp_path: Path) -> None:
    """Anywhere in the log; a missing log has none."""
    log = Log(tmp_path, "bootstrap")
    assert log.read_warnings() == []
    log.path.write_bytes(b"warning: a \xff\nprogress\nno warning: b\nwarning: c\n")
    assert log.read_warnings() == ["warning: a \N{REPLACEMENT CHARACTER}", "warning: c"]
