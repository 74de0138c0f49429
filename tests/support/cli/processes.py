"""Tiny programs, and a look at which of them are left."""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from baton_cli.processes.child import Program
from baton_cli.processes.log import Log

BOUND_S = 20.0

SLEEP = "import time; time.sleep(600)"
# A parent like the tracking server: it has a child of its own, and tells that child's number.
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "{SLEEP}"])
print(child.pid, flush=True)
child.wait()
"""
STUBBORN = (
    f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0, flush=True); {SLEEP}"
)


def program(folder: Path, code: str, title: str = "it") -> Program:
    command = (sys.executable, "-I", "-S", "-c", code)
    return Program(title, command, dict(os.environ), Log(folder, title))


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def members(group: int) -> list[int]:
    """The running processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def wait_until(condition: Callable[[], object]) -> None:
    """Waits for what another process does, which tells no event."""
    deadline = time.monotonic() + BOUND_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


async def until(condition: Callable[[], object]) -> None:
    """The same, while the event loop goes on."""
    async with asyncio.timeout(BOUND_S):
        while not condition():  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.01)
