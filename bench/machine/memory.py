"""Memory of a program and its child processes."""

from dataclasses import dataclass

from bench.machine.processes import PROC, list_descendants

_MB_IN_KIB = 1e6 / 1024


@dataclass(frozen=True)
class Memory:
    """Memory of a process tree, in MB of 10^6 bytes.

    Attributes:
        rss_mb: resident; shared pages count in each process.
        pss_mb: proportional; shared pages are divided among the processes that share them.
    """

    rss_mb: float
    pss_mb: float


def read_peak_mb(pid: int) -> float:
    """Returns the peak resident memory of a process so far, in MB; 0 if it has ended.

    Reads `VmHWM` of `/proc/PID/status` (proc_pid_status(5)).
    """
    try:
        text = (PROC / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    lines = (line.split() for line in text.splitlines() if line.startswith("VmHWM:"))
    return sum(int(kib) / _MB_IN_KIB for _, kib, _ in lines)


def measure_memory(pid: int) -> Memory:
    """Measures the descendants of a process, without the process itself.

    Reads `/proc/PID/smaps_rollup` (proc_pid_smaps(5)). A process that ends during the call counts
    as nothing.
    """
    rss_kib, pss_kib = 0, 0
    for child in list_descendants(pid):
        try:
            text = (PROC / str(child) / "smaps_rollup").read_text(encoding="ascii")
        except OSError:
            continue
        fields = dict(line.split(":", 1) for line in text.splitlines()[1:])
        rss_kib += int(fields["Rss"].split()[0])
        pss_kib += int(fields["Pss"].split()[0])
    return Memory(rss_kib / _MB_IN_KIB, pss_kib / _MB_IN_KIB)
