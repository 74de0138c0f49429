"""A sandbox ends at its limits, with all of its processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from baton_trainer.errors import ImportFailed
from baton_trainer.importing.isolation.job import MIB, Limits
from baton_trainer.importing.isolation.sandbox.choice import Sandbox
from baton_trainer.importing.isolation.sandbox.running import ProgramExit, run

RunCode = Callable[..., ProgramExit]
LIMITS = Limits(time_s=20.0, memory_bytes=256 * MIB, result_bytes=MIB)
MARK = "baton-test-mark"


def list_marked(mark: str) -> list[list[str]]:
    """Lists the command lines on this machine that have the mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_text(errors="replace")
        except OSError:
            continue
        if mark in line:
            found.append(line.split("\0"))
    return found


def wait_until_gone(mark: str) -> None:
    """The kernel ends the processes of a namespace shortly after its first process."""
    end = time.monotonic() + 10
    while list_marked(mark) and time.monotonic() < end:
        time.sleep(0.05)
    assert list_marked(mark) == []


def test_time(run_code: RunCode) -> None:
    """Forked processes in their own sessions end, too."""
    mark = f"{MARK}-time-{os.getpid()}"
    code = f"""
import os, time
for _ in range(3):
    if not os.fork():
        os.setsid()
        os.fork()
        break
time.sleep(300)
{mark!r}
"""
    began = time.monotonic()
    with pytest.raises(ImportFailed, match="took more than 1 s"):
        run_code(code, replace(LIMITS, time_s=1.0))

    assert time.monotonic() - began < 10
    wait_until_gone(mark)


def test_too_much_output_of_a_program_that_has_ended() -> None:
    """It ends before the next look at its limits."""
    with pytest.raises(ImportFailed, match="returned more than"):
        run([sys.executable, "-c", "print('xx')"], {}, replace(LIMITS, result_bytes=1))


def test_the_end_of_the_program_ends_its_children(run_code: RunCode) -> None:
    """Nothing stays behind that could write into the next result."""
    mark = f"{MARK}-orphan-{os.getpid()}"
    code = f"""
import os, time
if not os.fork():
    os.setsid()
    time.sleep(300)
    {mark!r}
print("done")
"""
    outcome = run_code(code)

    assert outcome.output == b"done\n"
    wait_until_gone(mark)


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(2**30); x[::4096] = bytes(len(x) // 4096); import time; time.sleep(60)",
        # shared memory, which no limit of a process counts
        "import mmap, time; x = mmap.mmap(-1, 2**30); x.write(bytes(2**30)); time.sleep(60)",
        # several processes below the limit
        "import os, time\nfor _ in range(3): os.fork()\nx = os.urandom(2**26); time.sleep(60)",
    ],
)
def test_memory(run_code: RunCode, code: str) -> None:
    """The memory of all processes together is limited."""
    with pytest.raises(ImportFailed, match="256 MiB of memory"):
        run_code(code, LIMITS)


def test_processes(run_code: RunCode) -> None:
    """A fork bomb is stopped; this one has a bound, in case that it is not."""
    code = "import os, time\nfor _ in range(10): os.fork()\ntime.sleep(60)"
    with pytest.raises(ImportFailed, match="processes and threads"):
        run_code(code, replace(LIMITS, memory_bytes=2**20 * MIB))


def test_output(run_code: RunCode) -> None:
    """Output without end is not kept."""
    code = "import os\nwhile True: os.write(1, b'x' * 65536)"
    with pytest.raises(ImportFailed, match="returned more than 1 MiB"):
        run_code(code, LIMITS)


def test_messages_without_end(run_code: RunCode) -> None:
    """Of stderr only the last line is kept, without control characters."""
    code = "import sys; sys.stderr.write('x\\n' * 10**6 + '\\x1b[31mred\\n'); print('done')"
    outcome = run_code(code, LIMITS)

    assert outcome.output == b"done\n"
    assert outcome.last_line == "[31mred"


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_files(run_code: RunCode, folder: str) -> None:
    """Files are in memory, and limited in size together."""
    code = f"""
for name in range(100):
    with open(f'{folder}/{{name}}', 'wb') as file:
        file.write(bytes(2**24))
"""
    outcome = run_code(code)

    assert outcome.code != 0
    assert "No space left" in outcome.last_line


def test_it_ends_with_its_parent(sandbox: Sandbox) -> None:
    """If Baton is killed, the sandbox does not go on."""
    mark = f"{MARK}-parent-{os.getpid()}"
    code = f"""
from baton_trainer.importing.isolation.environment.interpreter import get_own
from baton_trainer.importing.isolation.job import Limits
from baton_trainer.importing.isolation.sandbox.choice import WRAPPERS, Sandbox, mount_interpreter
from baton_trainer.importing.isolation.sandbox.program import Program
own = get_own()
command = (str(own.executable), "-I", "-S", "-c", "import time; time.sleep(300)", {mark!r})
program = Program(command, "/", mount_interpreter(own), {{}})
Sandbox({sandbox.name!r}, WRAPPERS[{sandbox.name!r}]).run(program, Limits())
"""

    def has_started() -> bool:
        """Whether the program runs: the processes before it then end with their parents."""
        return any("python" in line[0] and "-S" in line for line in list_marked(mark))

    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        end = time.monotonic() + 60
        while not has_started() and time.monotonic() < end:
            time.sleep(0.05)
        assert has_started()
        parent.send_signal(signal.SIGKILL)

    wait_until_gone(mark)
