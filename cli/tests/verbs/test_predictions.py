"""`baton predictions`."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from baton_cli.main import run
from baton_cli.predictions.moving import LogMover, Pass
from baton_cli.stopping import Terminated

NAME = "model=m/version=1/date=2026-11-29/a-1.parquet"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with one closed file."""
    path = tmp_path / "log" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"rows")
    return tmp_path / "log"


def test_files_move(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second command finds nothing to do."""
    target = tmp_path / "target"
    push = ["predictions", "push", "--to", str(target), "--from", str(log)]
    assert run(push) == 0
    assert (target / NAME).read_bytes() == b"rows"
    assert not (log / NAME).exists()
    assert run(push) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"1 files (0.0 MB) copied → {target}",
        f"0 files (0.0 MB) copied → {target}",
    ]


def test_log_of_the_settings(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BATON_PREDICTIONS_DIR is the default; `--keep` copies only."""
    monkeypatch.setenv("BATON_PREDICTIONS_DIR", str(log))
    assert run(["predictions", "push", "--to", str(tmp_path / "target"), "--keep"]) == 0
    assert (tmp_path / "target" / NAME).exists()
    assert (log / NAME).exists()


def test_failure_is_one_line(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file stays."""
    (tmp_path / "target").write_text("not a folder")
    push = ["predictions", "push", "--to", str(tmp_path / "target"), "--from", str(log)]
    assert run(push) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"baton: cannot write {tmp_path}/target: Not a directory")
    assert line.endswith("; 1 failed; repeat the command to go on")
    assert (log / NAME).exists()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("{log}", "must not be inside each other"),
        ("{log}/below", "must not be inside each other"),
        ("{log}/..", "must not be inside each other"),
        ("s3://key:secret@bucket/x", "must not have a password"),
        ("ftp://host/x", "neither a path nor a URL"),
    ],
)
def test_usage_errors(
    log: Path, target: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder within itself would never end; passwords show in the list of processes."""
    push = ["predictions", "push", "--to", target.format(log=log), "--from", str(log)]
    assert run(push) == 2
    assert message in capsys.readouterr().err
    assert (log / NAME).exists()


def test_source_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    """An option or the variable."""
    assert run(["predictions", "push", "--to", "x"]) == 2
    assert "Give --from DIR, or set BATON_PREDICTIONS_DIR" in capsys.readouterr().err


def wait_until_exists(path: Path) -> None:
    deadline_s = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline_s, path
        time.sleep(0.02)


def test_follow_moves_until_sigterm(log: Path, tmp_path: Path) -> None:
    """A service that is stopped has not failed; an unreachable place is no reason to end."""
    target = tmp_path / "target"
    target.write_text("not a folder yet")
    program = (
        "from baton_cli.verbs import predictions; predictions.INTERVAL_S = 0.05; "
        "from baton_cli.main import main; main()"
    )
    arguments = ["predictions", "push", "--follow", "--to", str(target), "--from", str(log)]
    with (tmp_path / "err").open("w") as err:
        process = subprocess.Popen([sys.executable, "-c", program, *arguments], stderr=err)
    try:
        deadline_s = time.monotonic() + 30
        while "trying again" not in (tmp_path / "err").read_text():
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        target.unlink()
        wait_until_exists(target / NAME)
        later = NAME.replace("a-1", "a-2")
        (log / later).write_bytes(b"more")
        wait_until_exists(target / later)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()
    text = (tmp_path / "err").read_text()
    assert text.count("trying again") == 1
    assert "files are moved again" in text
    assert "Traceback" not in text


def test_failures_that_alternate_are_one_line(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files that fail have their turn, so each pass may name another one."""
    passes = [Pass(failures=(each,)) for each in ("first", "second", "first", "second")]
    passes += [Pass(), Pass(), Pass(failures=("third",))]
    left = iter(passes)
    monkeypatch.setattr(LogMover, "move_all", lambda _: next(left))
    rests = iter(range(1, len(passes)))

    def rest(_: float) -> None:
        if next(rests, None) is None:
            raise Terminated

    monkeypatch.setattr(time, "sleep", rest)
    push = ["predictions", "push", "--follow", "--to", str(tmp_path / "to"), "--from", str(log)]
    assert run(push) == 0
    lines = [each for each in capsys.readouterr().err.splitlines() if "moving" not in each]
    again = "trying again every 10 s"
    wanted = [f"first; {again}", "files are moved again", f"third; {again}"]
    assert len(lines) == len(wanted)
    assert all(line.endswith(end) for line, end in zip(lines, wanted, strict=True))
