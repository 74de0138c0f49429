"""The assignment of processes to processors."""

import os
import subprocess
import sys

from bench.machine.processes import PROC
from bench.machine.processors import separate_processors

MANY_THREADS = (
    "import threading, sys; threading.Thread(target=sys.stdin.read).start();"
    " print('up', flush=True)"
)


def test_servers_and_generator_have_separate_processors() -> None:
    """Running servers move away, new children stay; afterwards nothing is pinned."""
    available = os.sched_getaffinity(0)
    with subprocess.Popen(
        (sys.executable, "-c", MANY_THREADS), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        tasks = [int(task.name) for task in (PROC / str(server.pid) / "task").iterdir()]
        assert len(tasks) > 1
        with separate_processors():
            ours = os.sched_getaffinity(0)
            assert len(ours) == 1
            theirs = available - ours or available  # a single processor is shared
            assert [os.sched_getaffinity(task) for task in tasks] == [theirs] * len(tasks)
            code = "import os; print(os.sched_getaffinity(0))"
            child = subprocess.run(
                (sys.executable, "-c", code), stdout=subprocess.PIPE, text=True, check=True
            )
            assert child.stdout.strip() == str(ours)
        assert os.sched_getaffinity(0) == available
        assert [os.sched_getaffinity(task) for task in tasks] == [available] * len(tasks)
        server.communicate(b"")
