import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from baton_cli.processes.child import LEASH
from tests.support.cli.processes import SLEEP, WITH_A_CHILD, is_alive, members, wait_until


@contextmanager
def leashed(code: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A leashed program, and the write end of its lifeline."""
    read_end, write_end = os.pipe()
    python = (sys.executable, "-I", "-S")
    process = subprocess.Popen(
        [*python, str(LEASH), str(read_end), *python, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=(read_end,),
        start_new_session=True,
    )
    os.close(read_end)
    with process:
        try:
            yield process, write_end
        finally:
            if members(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def first_number(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.mark.parametrize(("code", "expected"), [("pass", 0), ("raise SystemExit(7)", 7)])
def test_ends_as_the_command_ends(code: str, expected: int) -> None:
    """The exit code is the command's."""
    with leashed(code) as (process, write_end):
        assert process.wait(20) == expected
        os.close(write_end)


def test_a_signal_shows_in_the_exit_code() -> None:
    """As a shell would tell it."""
    with leashed("import os; os.kill(os.getpid(), 9)") as (process, write_end):
        assert process.wait(20) == 128 + signal.SIGKILL
        os.close(write_end)


def test_nothing_outlives_the_owner() -> None:
    """When the lifeline closes, the command ends, and what the command has started."""
    with leashed(WITH_A_CHILD) as (process, write_end):
        grandchild = first_number(process)
        os.close(write_end)
        wait_until(lambda: not is_alive(grandchild))
        process.wait(20)
        assert members(process.pid) == []


def test_sigterm_reaches_all_that_the_command_has_started() -> None:
    """One signal to the leash ends the group."""
    with leashed(WITH_A_CHILD) as (process, write_end):
        grandchild = first_number(process)
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
        wait_until(lambda: not is_alive(grandchild))
        os.close(write_end)


def test_the_command_does_not_hold_the_lifeline() -> None:
    """Else a second child would keep the first alive."""
    code = "import os; print(len(os.listdir('/proc/self/fd')), flush=True);" + SLEEP
    with leashed(code) as (process, write_end):
        assert first_number(process) == 4  # the three standard ones, and the listing's own
        os.close(write_end)
        process.wait(20)
