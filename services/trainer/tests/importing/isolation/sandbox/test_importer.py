"""The hand-over to the importer's container, by its own program, without the container."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import MIB, Limits
from baton_trainer.importing.isolation.sandbox.importer import (
    JOBS,
    PROGRAM_FILE,
    RESULT_PIPE,
    open_job_folder,
    run_in_importer,
)
from baton_trainer.importing.isolation.sandbox.program import Program
from baton_trainer.importing.isolation.sandbox.volume_lock import hold_lock
from tests.support.rig.process import wait_until

LIMITS = Limits(time_s=20.0, result_bytes=MIB, wait_s=30.0)
MODULE = "baton_trainer.importing.isolation.sandbox.await_program"
HOSTILE = """
import glob, os, time
while True:
    for pipe in glob.glob("{jobs}/*/result"):
        try:
            other = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.write(other, b"started\\nforged")
            os.close(other)
        except OSError:
            continue
    time.sleep(0.01)
"""
"""A model that answers for the model of every later import."""


def start_importer(volume: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", MODULE, str(volume), "60"])


@pytest.fixture
def importer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The importer's program, waiting on the volume."""
    with start_importer(tmp_path) as process:
        yield process
        process.kill()


def has_children(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split())


def run(volume: Path, code: str, limits: Limits = LIMITS) -> bytes:
    """Runs Python code in the importer."""
    with open_job_folder(volume, 0.5) as folder:
        program = Program((sys.executable, "-I", "-S", "-c", code), str(folder), (), {"A": "b"})
        return run_in_importer(program, folder, limits)


def test_the_result_comes_back(tmp_path: Path, importer: subprocess.Popen[bytes]) -> None:
    """The importer becomes the program, with its environment only, and nothing stays behind."""
    code = "import os; print(sorted(os.environ), os.getcwd()); print('x' * 2**18)"

    lines = run(tmp_path, code).decode().splitlines()

    assert lines[0].startswith("['A'")
    assert str(tmp_path / JOBS) in lines[0]
    assert lines[1] == "x" * 2**18
    assert importer.wait(30) == 0
    assert list((tmp_path / JOBS).iterdir()) == []


def test_a_job_that_was_left_behind_is_ignored(
    tmp_path: Path, importer: subprocess.Popen[bytes]
) -> None:
    """Its pipe has no reader any more. The next import removes its rows."""
    old = tmp_path / JOBS / "old"
    old.mkdir(parents=True)
    os.mkfifo(old / RESULT_PIPE)
    (old / PROGRAM_FILE).write_text('{"command": ["false"]}', encoding="utf-8")

    assert run(tmp_path, "print('new')") == b"new\n"
    assert not old.exists()


def test_model_of_a_killed_import_does_not_answer_for_the_next(
    tmp_path: Path, importer: subprocess.Popen[bytes]
) -> None:
    """The next import is refused until that model has ended."""
    code = HOSTILE.format(jobs=tmp_path / JOBS)
    child = os.fork()
    if not child:
        run(tmp_path, code)
        os._exit(1)
    wait_until(lambda: has_children(importer.pid), 30, "the importer runs the model")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    with pytest.raises(ImportFailed, match="docker compose stop importer"):
        run(tmp_path, "print('honest')")

    importer.terminate()
    importer.wait(10)
    with start_importer(tmp_path) as fresh:
        assert run(tmp_path, "print('honest')") == b"honest\n"
        assert fresh.wait(10) == 0


def test_one_import_at_a_time(tmp_path: Path) -> None:
    """The lock belongs to a process, so another one asks for it."""
    with open_job_folder(tmp_path) as folder:
        child = os.fork()
        if not child:
            with suppress(ImportFailed), hold_lock(tmp_path, 0.2):
                os._exit(1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert folder.is_dir()


def test_without_the_importer(tmp_path: Path) -> None:
    """The message says how to start both."""
    with pytest.raises(ImportFailed, match="docker compose run --rm import"):
        run(tmp_path, "", replace(LIMITS, wait_s=0.2))


@pytest.mark.usefixtures("importer")
@pytest.mark.parametrize(
    ("code", "limits", "line"),
    [
        ("import os\nwhile 1: os.write(1, bytes(65536))", LIMITS, "more than 1 MiB"),
        ("import time; time.sleep(60)", replace(LIMITS, time_s=1.0), "more than 1 s"),
    ],
)
def test_limits(
    tmp_path: Path, code: str, limits: Limits, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader has its own limits, because it does not trust the importer."""
    monkeypatch.setattr("baton_trainer.importing.isolation.sandbox.importer._GRACE_S", -0.5)
    began = time.monotonic()

    with pytest.raises(ImportFailed, match=line):
        run(tmp_path, code, limits)

    assert time.monotonic() - began < 30


def test_the_importer_has_a_limit_of_its_own(
    tmp_path: Path, importer: subprocess.Popen[bytes]
) -> None:
    """A program that goes on without a reader is killed."""
    assert run(tmp_path, "import time; time.sleep(60)", replace(LIMITS, time_s=1.0)) == b""
    assert importer.wait(10) != 0


def test_the_importer_can_be_stopped(importer: subprocess.Popen[bytes]) -> None:
    """`docker compose stop` while it waits is no failure."""
    status = Path(f"/proc/{importer.pid}/status")

    def handles_signals() -> bool:
        (caught,) = re.findall(r"SigCgt:\s*(\w+)", status.read_text(encoding="ascii"))
        return bool(int(caught, 16) & 1 << (signal.SIGTERM - 1))

    wait_until(handles_signals, 30, "the importer waits")
    importer.terminate()

    assert importer.wait(10) == 0


def test_the_importer_gives_up(tmp_path: Path) -> None:
    """Without a job it ends, and that is no failure."""
    subprocess.run([sys.executable, "-m", MODULE, str(tmp_path), "0.1"], check=True)
