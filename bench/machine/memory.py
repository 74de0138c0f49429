"""How much memory a program and all that it has started take."""

from dataclasses import dataclass

from bench.machine.processes import PROC, descendants

_MB_IN_KIB = 1e6 / 1024


@dataclass(frozen=True)
class Memory:
    """Of a tree of processes, in MB of 10^6 bytes.

    Attributes:
        rss_mb: resident; pages that processes share are counted in each of them.
        pss_mb: proportional: shared pages are divided among those that share them.
    """

    rss_mb: float
    pss_mb: float


def memory_below(pid: int) -> Memory:
    """What the descendants of a process take, the process itself left out.

    Read from `/proc/PID/smaps_rollup` (proc_pid_smaps(5)). One that ends meanwhile counts nothing.
    """
    rss_kib, pss_kib = 0, 0
    for child in descendants(pid):
        try:
            text = (PROC / str(child) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in text.splitlines()[1:])
        rss_kib += int(fields["Rss"].split()[0])
        pss_kib += int(fields["Pss"].split()[0])
    return Memory(rss_kib / _MB_IN_KIB, pss_kib / _MB_IN_KIB)
