import asyncio
import os
import signal
from pathlib import Path

import pytest

from baton_cli.processes import restart
from baton_cli.processes.child import Lifeline
from baton_cli.processes.supervisor import Supervisor
from tests.support.cli.processes import (
    SLEEP,
    WITH_A_CHILD,
    build_program,
    is_alive,
    list_members,
    poll_until,
)

PRINT_PID = "import os; print(os.getpid(), flush=True);"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart, "FIRST_DELAY_S", 0.0)


def read_pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_restarts_a_program_and_leaves_the_others_running(tmp_path: Path) -> None:
    """The exit of one program is one line."""
    lines: list[str] = []

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, lines.append)
            supervisor.keep_running(build_program(tmp_path, PRINT_PID + SLEEP, "mortal"))
            supervisor.keep_running(build_program(tmp_path, PRINT_PID + SLEEP, "other"))
            mortal, other = tmp_path / "mortal.log", tmp_path / "other.log"
            await poll_until(lambda: read_pids(mortal) and read_pids(other))
            os.kill(read_pids(mortal)[0], signal.SIGKILL)
            await poll_until(lambda: len(read_pids(mortal)) == 2)
            assert len(read_pids(other)) == 1
            assert is_alive(read_pids(other)[0])
            assert supervisor.exit_counts == {"mortal": 1}
            await supervisor.stop()
            assert not any(map(is_alive, [*read_pids(mortal), *read_pids(other)]))

    asyncio.run(scenario())
    assert lines == [
        f"mortal was killed by SIGKILL; restarting in 0 s (log: {tmp_path / 'mortal.log'})"
    ]


def test_line_has_the_exit_code(tmp_path: Path) -> None:
    """The program exits by itself."""
    lines: list[str] = []

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, lines.append)
            supervisor.keep_running(build_program(tmp_path, "raise SystemExit(3)"))
            await poll_until(lambda: lines)
            await supervisor.stop()

    asyncio.run(scenario())
    assert lines[0].startswith("it exited with code 3; restarting")


def test_failed_start_is_retried(tmp_path: Path) -> None:
    """E.g. while the folder of its log is missing."""
    lines: list[str] = []
    folder = tmp_path / "logs"

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, lines.append)
            supervisor.keep_running(build_program(folder, PRINT_PID + SLEEP))
            folder.rmdir()
            folder.touch()
            await poll_until(lambda: lines)
            folder.unlink()
            await poll_until(lambda: read_pids(folder / "it.log"))
            await supervisor.stop()

    asyncio.run(scenario())
    assert lines[0].startswith("it could not be started (")


def test_run_once_does_not_restart(tmp_path: Path) -> None:
    """It returns the exit code."""

    async def scenario() -> int:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            code = await supervisor.run_once(
                build_program(tmp_path, PRINT_PID + "raise SystemExit(4)")
            )
            await supervisor.stop()
            return code

    assert asyncio.run(scenario()) == 4
    assert len(read_pids(tmp_path / "it.log")) == 1


def test_cancelled_run_once_is_stopped(tmp_path: Path) -> None:
    """Ctrl-C during the first training leaves no process."""

    async def scenario() -> list[int]:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            run = asyncio.create_task(supervisor.run_once(build_program(tmp_path, WITH_A_CHILD)))
            await poll_until(lambda: read_pids(tmp_path / "it.log"))
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            await supervisor.stop()
            return [pid for pid in read_pids(tmp_path / "it.log") if is_alive(pid)]

    assert asyncio.run(scenario()) == []


def test_kill_ends_programs_at_once(tmp_path: Path) -> None:
    """The second Ctrl-C."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, lambda _: None)
            supervisor.keep_running(build_program(tmp_path, PRINT_PID + SLEEP))
            await poll_until(lambda: read_pids(tmp_path / "it.log"))
            group = os.getpgid(read_pids(tmp_path / "it.log")[0])
            supervisor.kill()
            await poll_until(lambda: list_members(group) == [])
            await supervisor.stop()

    asyncio.run(scenario())
