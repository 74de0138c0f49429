import asyncio
import os
import signal
from pathlib import Path

import pytest

from baton_cli.processes import restart
from baton_cli.processes.child import Lifeline
from baton_cli.processes.supervisor import Supervisor, shown
from tests.support.cli.processes import SLEEP, WITH_A_CHILD, is_alive, members, program, until

TELL_PID = "import os; print(os.getpid(), flush=True);"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restart, "FIRST_DELAY_S", 0.0)


def pids(log: Path) -> list[int]:
    return [int(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_starts_again_what_has_ended_and_leaves_the_others_alone(tmp_path: Path) -> None:
    """The death of one is one line, and no news for the other."""
    told: list[str] = []

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, told.append)
            supervisor.keep(program(tmp_path, TELL_PID + SLEEP, "mortal"))
            supervisor.keep(program(tmp_path, TELL_PID + SLEEP, "other"))
            mortal, other = tmp_path / "mortal.log", tmp_path / "other.log"
            await until(lambda: pids(mortal) and pids(other))
            os.kill(pids(mortal)[0], signal.SIGKILL)
            await until(lambda: len(pids(mortal)) == 2)
            assert len(pids(other)) == 1
            assert is_alive(pids(other)[0])
            assert supervisor.ends == {"mortal": 1}
            await supervisor.stop()
            assert not any(map(is_alive, [*pids(mortal), *pids(other)]))

    asyncio.run(scenario())
    assert told == [
        f"mortal was ended by SIGKILL; starting it again in 0 s, its log: {tmp_path / 'mortal.log'}"
    ]


def test_tells_an_exit_code(tmp_path: Path) -> None:
    """How a program ended is part of the line."""
    told: list[str] = []

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, told.append)
            supervisor.keep(program(tmp_path, "raise SystemExit(3)"))
            await until(lambda: told)
            await supervisor.stop()

    asyncio.run(scenario())
    assert told[0].startswith("it ended with exit code 3; starting it again")


def test_a_program_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    """A folder that is gone may come back."""
    told: list[str] = []
    folder = tmp_path / "logs"

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, told.append)
            supervisor.keep(program(folder, TELL_PID + SLEEP))
            folder.rmdir()
            folder.touch()
            await until(lambda: told)
            folder.unlink()
            await until(lambda: pids(folder / "it.log"))
            await supervisor.stop()

    asyncio.run(scenario())
    assert told[0].startswith("it did not start (")


def test_runs_a_one_shot_to_its_end(tmp_path: Path) -> None:
    """And does not start it again."""

    async def scenario() -> int:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            code = await supervisor.run_once(program(tmp_path, TELL_PID + "raise SystemExit(4)"))
            await supervisor.stop()
            return code

    assert asyncio.run(scenario()) == 4
    assert len(pids(tmp_path / "it.log")) == 1


def test_a_one_shot_that_is_interrupted_is_stopped_too(tmp_path: Path) -> None:
    """Ctrl-C during the first training leaves no trainer."""

    async def scenario() -> list[int]:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, print)
            run = asyncio.create_task(supervisor.run_once(program(tmp_path, WITH_A_CHILD)))
            await until(lambda: pids(tmp_path / "it.log"))
            run.cancel()
            await asyncio.gather(run, return_exceptions=True)
            await supervisor.stop()
            return [pid for pid in pids(tmp_path / "it.log") if is_alive(pid)]

    assert asyncio.run(scenario()) == []


def test_kill_does_not_wait(tmp_path: Path) -> None:
    """For those who press Ctrl-C twice."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            supervisor = Supervisor(lifeline, lambda _: None)
            supervisor.keep(program(tmp_path, TELL_PID + SLEEP))
            await until(lambda: pids(tmp_path / "it.log"))
            group = os.getpgid(pids(tmp_path / "it.log")[0])
            supervisor.kill()
            await until(lambda: members(group) == [])
            await supervisor.stop()

    asyncio.run(scenario())


def test_shows_paths_as_they_can_be_pasted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Below the folder that one is in, the short way."""
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "a" / "b") == "a/b"
    assert shown(Path("/elsewhere")) == "/elsewhere"
