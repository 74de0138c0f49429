"""The machine that was measured on, and how much of it others used meanwhile."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from bench.machine.processes import PROC, descendants

_USER, _NICE, _SYSTEM, _STEAL = 0, 1, 2, 7
"""Columns of the first line of `/proc/stat` (proc_stat(5)). Interrupts are left out: those of the
load itself come through the loopback device, and nobody says whose they are."""


_FIRST_TIME, _AFTER_TIMES = 11, 15
"""Fields of `/proc/PID/stat` after the name (proc_pid_stat(5)): utime, stime, cutime, cstime."""


@dataclass(frozen=True)
class Reading:
    """Processor time so far, in seconds: of all programs, of other machines, and of ours."""

    wall_s: float
    busy_s: float
    stolen_s: float
    ours_s: float


def read() -> Reading:
    """Now. Ours is this process, what it has started, and what has ended of that."""
    line = (PROC / "stat").read_text(encoding="ascii").partition("\n")[0]
    ticks = list(map(int, line.split()[1:9]))
    ours = sum(map(_ticks_of, [os.getpid(), *descendants(os.getpid())]))
    per_s = os.sysconf("SC_CLK_TCK")
    return Reading(
        wall_s=time.monotonic(),
        busy_s=(ticks[_USER] + ticks[_NICE] + ticks[_SYSTEM]) / per_s,
        stolen_s=ticks[_STEAL] / per_s,
        ours_s=ours / per_s,
    )


def _ticks_of(pid: int) -> int:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just ended
        return 0
    return sum(map(int, text.rpartition(")")[2].split()[_FIRST_TIME:_AFTER_TIMES]))


def description(start: Reading, end: Reading) -> str:
    """One line on the machine between two readings."""
    count = os.cpu_count() or 1
    available_s = count * (end.wall_s - start.wall_s)
    ours_s = end.ours_s - start.ours_s
    others = max(0.0, end.busy_s - start.busy_s - ours_s) / available_s
    stolen = (end.stolen_s - start.stolen_s) / available_s
    return (
        f"{count} processors ({_model()}), Python {platform.python_version()}; at least "
        f"{others:.0%} of their time went to other programs, {stolen:.0%} to other machines"
    )


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
