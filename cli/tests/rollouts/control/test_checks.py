"""The check of each step, with real programs."""

import sys
import time
from pathlib import Path

from baton_cli.rollouts.control.checks import CheckRunner
from baton_rollout.progress.facts import Check
from tests.support.cli.processes import is_alive, wait_until
from tests.support.fakes.rollouts import build_plan, build_record

RECORD = build_record(1)


def run(code: str, log: Path) -> tuple[Check, str]:
    with log.open("wb") as file:
        runner = CheckRunner((sys.executable, "-I", "-S", "-c", code), file.fileno())
        assert runner.read(RECORD, is_own=False) == ("due", "")
        runner.start(RECORD)
        wait_until(lambda: runner.read(RECORD, is_own=False)[0] != "running")
        return runner.read(RECORD, is_own=False)


def test_exit_code_0_passes(tmp_path: Path) -> None:
    code = (
        "import os; print(os.environ['BATON_ROLLOUT_VERSION'], os.environ['BATON_ROLLOUT_WEIGHT'])"
    )
    assert run(code, tmp_path / "log") == ("passed", "")
    assert (tmp_path / "log").read_text() == "7 10\n"


def test_other_exit_code_is_a_failure(tmp_path: Path) -> None:
    assert run("raise SystemExit(3)", tmp_path / "log") == (
        "passed",
        "the check exited with code 3",
    )


def test_killed_check_runs_again(tmp_path: Path) -> None:
    """It says nothing about the version."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run(code, tmp_path / "log") == ("due", "")


def test_program_that_cannot_be_started_holds() -> None:
    runner = CheckRunner(("/no/such/program",))
    runner.start(RECORD)
    assert runner.read(RECORD, is_own=False) == ("broken", "")


def test_no_command_is_no_check() -> None:
    assert CheckRunner(()).read(RECORD, is_own=False) == ("none", "")


def test_each_step_has_its_own_check(tmp_path: Path) -> None:
    runner = CheckRunner((sys.executable, "-I", "-S", "-c", "pass"))
    runner.start(RECORD)
    wait_until(lambda: runner.read(RECORD, is_own=False) == ("passed", ""))
    assert runner.read(build_record(2), is_own=False) == ("due", "")


def test_check_of_the_caller_is_run_by_nobody_else() -> None:
    record = build_record(1, plan=build_plan(has_own_check=True))
    runner = CheckRunner(("true",))
    assert runner.read(record, is_own=False) == ("elsewhere", "")
    assert runner.read(record, is_own=True) == ("due", "")
    assert CheckRunner(()).read(record, is_own=False) == ("elsewhere", "")


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    runner = CheckRunner(("touch", f"{tmp_path}/a;touch b"))
    runner.start(RECORD)
    wait_until(lambda: runner.read(RECORD, is_own=False) == ("passed", ""))
    assert [file.name for file in tmp_path.iterdir()] == ["a;touch b"]


def test_stop_kills_the_check_and_its_children(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    sleep = "import time; time.sleep(600)"
    code = (
        "import subprocess, sys, pathlib;"
        f"child = subprocess.Popen([sys.executable, '-c', {sleep!r}]);"
        f"pathlib.Path({str(file)!r}).write_text(str(child.pid)); child.wait()"
    )
    runner = CheckRunner((sys.executable, "-I", "-S", "-c", code))
    runner.start(RECORD)
    wait_until(lambda: file.exists() and file.read_text())
    began = time.monotonic()
    runner.stop()
    wait_until(lambda: not is_alive(int(file.read_text())))
    assert time.monotonic() - began < 10


def test_check_runs_again_after_a_pause(tmp_path: Path) -> None:
    """What it found before the pause may not hold any more."""
    with (tmp_path / "log").open("wb") as file:
        runner = CheckRunner((sys.executable, "-I", "-S", "-c", ""), file.fileno())
        runner.start(RECORD)
        wait_until(lambda: runner.read(RECORD, is_own=False) == ("passed", ""))
        now = RECORD.step_ends_at
        resumed = RECORD.pause("lunch").resume(now).enter(now)
        assert runner.read(resumed, is_own=False) == ("due", "")
