"""Memory of a process tree."""

import subprocess
import sys

from bench.machine.memory import measure_memory

MB = 1_000_000
CHILD = f"text = b'x' * {50 * MB}; print(flush=True); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def test_memory_counts_descendants_only() -> None:
    """The process itself does not count: it only supervises a server."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        memory = measure_memory(process.pid)
        process.communicate(b"\n")

    assert 50 < memory.pss_mb <= memory.rss_mb < 150
    assert measure_memory(process.pid).rss_mb == 0
