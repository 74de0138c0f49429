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
    build_program,
    is_alive,
    list_members,
    poll_until,
)


async def read_number(child: Child) -> int:
    """Reads the number that the program prints first."""
    log = child.program.log
    await poll_until(log.read_last_line)
    return int(log.read_last_line())


def test_wait_returns_the_exit_code_and_the_log_has_the_output(tmp_path: Path) -> None:
    """Both streams go to the log."""

    async def scenario() -> int:
        code = "import sys; print('out', flush=True); sys.exit('err')"
        with Lifeline() as lifeline:
            return await Child(build_program(tmp_path, code), lifeline).wait()

    assert asyncio.run(scenario()) == 1
    assert (tmp_path / "it.log").read_text() == "out\nerr\n"


def test_stop_ends_the_descendants(tmp_path: Path) -> None:
    """No process of the group is left."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(build_program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await read_number(child)
            await child.stop()
            assert not is_alive(grandchild)
            assert list_members(child.pid) == []

    asyncio.run(scenario())


def test_stop_kills_after_the_timeout(tmp_path: Path) -> None:
    """A program may ignore SIGTERM."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(build_program(tmp_path, STUBBORN), lifeline)
            await read_number(child)
            await child.stop(timeout_s=0.1)
            assert list_members(child.pid) == []

    asyncio.run(scenario())


def test_descendants_of_a_killed_program_are_ended(tmp_path: Path) -> None:
    """The leash itself may be killed."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(build_program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await read_number(child)
            os.kill(child.pid, signal.SIGKILL)
            assert await child.wait() == -signal.SIGKILL
            await poll_until(lambda: not is_alive(grandchild))

    asyncio.run(scenario())


def test_child_has_its_own_session(tmp_path: Path) -> None:
    """Ctrl-C in the terminal does not reach it."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(build_program(tmp_path, SLEEP), lifeline)
            assert os.getsid(child.pid) == child.pid
            await child.stop()

    asyncio.run(scenario())


def test_child_ends_when_the_lifeline_closes(tmp_path: Path) -> None:
    """The same happens if this process is killed."""

    async def scenario() -> None:
        with Lifeline() as lifeline:
            child = Child(build_program(tmp_path, WITH_A_CHILD), lifeline)
            grandchild = await read_number(child)
        await child.wait()
        await poll_until(lambda: not is_alive(grandchild))

    asyncio.run(scenario())


def test_unwritable_log_is_an_error(tmp_path: Path) -> None:
    """The supervisor prints it and tries again."""
    (tmp_path / "folder").write_text("a file")
    with Lifeline() as lifeline, pytest.raises(OSError, match="folder"):
        Child(build_program(tmp_path / "folder", SLEEP), lifeline)
