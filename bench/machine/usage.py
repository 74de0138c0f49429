"""The machine of a measurement, and how much of it other processes used."""

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

from bench.machine.processes import PROC, list_descendants

_USER, _NICE, _SYSTEM, _STEAL = 0, 1, 2, 7
"""Columns of the first line of `/proc/stat` (proc_stat(5)). Interrupts are left out: the load
causes some through the loopback device, and the kernel does not attribute them."""


_FIRST_TIME, _AFTER_TIMES = 11, 15
"""Fields of `/proc/PID/stat` after the name (proc_pid_stat(5)): utime, stime, cutime, cstime."""


@dataclass(frozen=True)
class Usage:
    """Processor time so far, in seconds.

    Attributes:
        wall_s: clock time.
        busy_s: all programs.
        stolen_s: other virtual machines.
        ours_s: this process and its children, ended ones included.
    """

    wall_s: float
    busy_s: float
    stolen_s: float
    ours_s: float


def read_processor_time_s(pid: int) -> float:
    """Reads the processor time of a process' descendants, without the process itself, in seconds.

    Its resolution is a clock tick, 10 ms: 0.5 % of a load of two seconds.
    """
    return sum(map(_read_ticks, list_descendants(pid))) / os.sysconf("SC_CLK_TCK")


def read_usage() -> Usage:
    """Reads the processor time until now."""
    line = (PROC / "stat").read_text(encoding="ascii").partition("\n")[0]
    ticks = list(map(int, line.split()[1:9]))
    ours = sum(map(_read_ticks, [os.getpid(), *list_descendants(os.getpid())]))
    per_s = os.sysconf("SC_CLK_TCK")
    return Usage(
        wall_s=time.monotonic(),
        busy_s=(ticks[_USER] + ticks[_NICE] + ticks[_SYSTEM]) / per_s,
        stolen_s=ticks[_STEAL] / per_s,
        ours_s=ours / per_s,
    )


def _read_ticks(pid: int) -> int:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has just ended
        return 0
    return sum(map(int, text.rpartition(")")[2].split()[_FIRST_TIME:_AFTER_TIMES]))


def describe_machine(start: Usage, end: Usage) -> str:
    """Describes the machine between two readings in one line."""
    count = os.cpu_count() or 1
    available_s = count * (end.wall_s - start.wall_s)
    ours_s = end.ours_s - start.ours_s
    others = max(0.0, end.busy_s - start.busy_s - ours_s) / available_s
    stolen = (end.stolen_s - start.stolen_s) / available_s
    return (
        f"{count} processors ({_read_model()}), Python {platform.python_version()}; other "
        f"processes used at least {others:.0%} of CPU time, other virtual machines {stolen:.0%}"
    )


def _read_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
