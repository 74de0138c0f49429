"""Small programs, and checks which of them still run."""

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
# Like the tracking server, it has a child. It prints the id of the child.
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "{SLEEP}"])
print(child.pid, flush=True)
child.wait()
"""
STUBBORN = (
    f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(0, flush=True); {SLEEP}"
)


def build_program(folder: Path, code: str, title: str = "it") -> Program:
    command = (sys.executable, "-I", "-S", "-c", code)
    return Program(title, command, dict(os.environ), Log(folder, title))


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def list_members(group: int) -> list[int]:
    """Lists the running processes of a group."""
    pids = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group and state != "Z":
            pids.append(int(stat.parent.name))
    return pids


def wait_until(condition: Callable[[], object]) -> None:
    """Polls a condition that another process fulfils."""
    deadline = time.monotonic() + BOUND_S
    while not condition():
        assert time.monotonic() < deadline, "time-out"
        time.sleep(0.01)


async def poll_until(condition: Callable[[], object]) -> None:
    """Polls without blocking the event loop."""
    async with asyncio.timeout(BOUND_S):
        while not condition():  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.01)
