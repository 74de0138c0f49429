"""Who runs on which processor."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from bench.machine.processes import PROC, descendants


@contextmanager
def apart() -> Iterator[None]:
    """Gives a processor to this process and what it starts, the others to what it has started.

    A lone connection keeps the generator and the server busy in turns. Whether the kernel puts both
    on one processor is chance, and moves the median by a third; a client elsewhere never does.
    """
    every = os.sched_getaffinity(0)
    ours = {max(every)}
    servers = descendants(os.getpid())
    _place(servers, every - ours or every)
    os.sched_setaffinity(0, ours)
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)
        _place(servers, every)


def _place(processes: Iterable[int], processors: set[int]) -> None:
    for process in processes:
        for task in (PROC / str(process) / "task").glob("*"):
            with suppress(ProcessLookupError):  # it has just ended
                os.sched_setaffinity(int(task.name), processors)
