"""Memory of a tree of processes."""

import subprocess
import sys

from bench.machine.memory import memory_below

MB = 1_000_000
CHILD = f"text = b'x' * {50 * MB}; print(flush=True); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"


def test_what_a_program_starts_is_weighed_and_the_program_is_not() -> None:
    """The process that holds a server is not the server's doing; all of its children are."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()
        memory = memory_below(process.pid)
        process.communicate(b"\n")

    assert 50 < memory.pss_mb <= memory.rss_mb < 150
    assert memory_below(process.pid).rss_mb == 0
