"""Assigns processes to processors."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from bench.machine.processes import PROC, list_descendants


@contextmanager
def separate_processors() -> Iterator[None]:
    """Reserves a processor for this process and new children; existing children get the others.

    With one connection, generator and server take turns. The kernel may put both on one processor,
    which changes the median by a third; a client on another machine never shares one.
    """
    available = os.sched_getaffinity(0)
    ours = {max(available)}
    servers = list_descendants(os.getpid())
    _pin(servers, available - ours or available)
    os.sched_setaffinity(0, ours)
    try:
        yield
    finally:
        os.sched_setaffinity(0, available)
        _pin(servers, available)


def _pin(processes: Iterable[int], processors: set[int]) -> None:
    for process in processes:
        for task in (PROC / str(process) / "task").glob("*"):
            with suppress(ProcessLookupError):  # it has just ended
                os.sched_setaffinity(int(task.name), processors)
