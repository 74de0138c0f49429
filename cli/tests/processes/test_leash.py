import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from baton_cli.processes.child import LEASH
from tests.support.cli.processes import SLEEP, WITH_A_CHILD, is_alive, list_members, wait_until


@contextmanager
def run_leashed(code: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Runs a leashed program; yields it and the write end of its lifeline."""
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
            if list_members(process.pid):
                os.killpg(process.pid, signal.SIGKILL)


def read_number(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


@pytest.mark.parametrize(("code", "expected"), [("pass", 0), ("raise SystemExit(7)", 7)])
def test_exit_code_is_that_of_the_command(code: str, expected: int) -> None:
    """The leash ends with the command."""
    with run_leashed(code) as (process, write_end):
        assert process.wait(20) == expected
        os.close(write_end)


def test_signal_is_128_plus_its_number() -> None:
    """A shell has the same exit code."""
    with run_leashed("import os; os.kill(os.getpid(), 9)") as (process, write_end):
        assert process.wait(20) == 128 + signal.SIGKILL
        os.close(write_end)


def test_no_process_outlives_the_owner() -> None:
    """When the lifeline closes, the command and its descendants end."""
    with run_leashed(WITH_A_CHILD) as (process, write_end):
        grandchild = read_number(process)
        os.close(write_end)
        wait_until(lambda: not is_alive(grandchild))
        process.wait(20)
        assert list_members(process.pid) == []


def test_sigterm_reaches_the_descendants() -> None:
    """One signal to the leash ends the group."""
    with run_leashed(WITH_A_CHILD) as (process, write_end):
        grandchild = read_number(process)
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM
        wait_until(lambda: not is_alive(grandchild))
        os.close(write_end)


def test_command_does_not_inherit_the_lifeline() -> None:
    """Otherwise a second child would keep the first alive."""
    code = "import os; print(len(os.listdir('/proc/self/fd')), flush=True);" + SLEEP
    with run_leashed(code) as (process, write_end):
        assert read_number(process) == 4  # the three standard ones, and the listing's own
        os.close(write_end)
        process.wait(20)
