"""Who runs on which processor."""

import os
import subprocess
import sys

from bench.machine.processes import PROC
from bench.machine.processors import apart

MANY_THREADS = (
    "import threading, sys; threading.Thread(target=sys.stdin.read).start();"
    " print('up', flush=True)"
)


def test_servers_and_generator_do_not_share_a_processor() -> None:
    """Every thread of what runs is moved away, what is started is not; afterwards all may go."""
    every = os.sched_getaffinity(0)
    with subprocess.Popen(
        (sys.executable, "-c", MANY_THREADS), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        tasks = [int(task.name) for task in (PROC / str(server.pid) / "task").iterdir()]
        assert len(tasks) > 1
        with apart():
            ours = os.sched_getaffinity(0)
            assert len(ours) == 1
            theirs = every - ours or every  # where there is but one, it is everybody's
            assert [os.sched_getaffinity(task) for task in tasks] == [theirs] * len(tasks)
            shown = "import os; print(os.sched_getaffinity(0))"
            started = subprocess.run(
                (sys.executable, "-c", shown), stdout=subprocess.PIPE, text=True, check=True
            )
            assert started.stdout.strip() == str(ours)
        assert os.sched_getaffinity(0) == every
        assert [os.sched_getaffinity(task) for task in tasks] == [every] * len(tasks)
        server.communicate(b"")
