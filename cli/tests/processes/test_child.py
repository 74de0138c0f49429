import asyncio
import os
import signal
from pathlib import Path

import pytest

from baton_cli.processes.child import Child, Lifeline
from tests.support.cli.processes import (
    SLEEP,
    STUBBORN,
    WITH_A_CHILD,
    is_alive,
    members,
    program,
    until,
)


async def told(child: Child) -> int:
    """The number that the program prints first."""
    log = child.program.log
    await until(log.last_line)
    return int(log.last_line())


def test_gives_the_exit_code_and_keeps_the_output(tmp_path: Path) -> None:
    """Both streams go to the log."""

    async def scenario() -> int:
        code = "import sys; print('out', flush=True); sys.exit('err')"
        with Lifeline() as lifeline:
            return await Child(program(tmp_path, code), lifeline).wait()

    assert asyncio.run(scenario()) == 1
    assert (tmp_path / "it.log").read_text() == "out\nerr\n"


def test_stop_ends_everything_that_the_program_has_started(tmp_path: Path) -> None:
    """Nothing of the group is left."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await told(child)
            await child.stop()
            assert not is_alive(grandchild)
            assert members(child.pid) == []

    asyncio.run(scenario())


def test_force_is_used_on_what_does_not_stop(tmp_path: Path) -> None:
    """A program that ignores SIGTERM is given its time, and no more."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(program(tmp_path, STUBBORN), lifeline)
            await told(child)
            await child.stop(timeout_s=0.1)
            assert members(child.pid) == []

    asyncio.run(scenario())


def test_what_a_dead_program_leaves_behind_is_ended(tmp_path: Path) -> None:
    """Whoever kills the leash does not set its command free."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await told(child)
            os.kill(child.pid, signal.SIGKILL)
            assert await child.wait() == -signal.SIGKILL
            await until(lambda: not is_alive(grandchild))

    asyncio.run(scenario())


def test_has_a_session_of_its_own(tmp_path: Path) -> None:
    """Ctrl-C in the terminal is not for the children to hear."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(program(tmp_path, SLEEP), lifeline)
            assert os.getsid(child.pid) == child.pid
            await child.stop()

    asyncio.run(scenario())


def test_ends_when_the_lifeline_closes(tmp_path: Path) -> None:
    """As it does when this process is killed."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await told(child)
        await child.wait()
        await until(lambda: not is_alive(grandchild))

    asyncio.run(scenario())


def test_a_log_that_cannot_be_opened_is_no_start(tmp_path: Path) -> None:
    """The supervisor tells it and tries again."""
    (tmp_path / "folder").write_text("a file")
    with Lifeline() as lifeline, pytest.raises(OSError, match="folder"):
        Child(program(tmp_path / "folder", SLEEP), lifeline)
