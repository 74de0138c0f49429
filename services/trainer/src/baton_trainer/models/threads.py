"""Limits the threads of the numeric libraries."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from threadpoolctl import threadpool_limits

PARALLEL_ROWS = 100_000
"""From this size on, a second core saves more time than threads lose by waiting."""


def limit(rows: int) -> AbstractContextManager[Any]:
    """Allows one thread for a small table, all threads for a large one.

    On a busy machine, OpenMP's threads spin while they wait. On two shared cores, gradient boosting
    on 5,000 rows took 2 to 17 s with two threads, and 1 s with one.
    """
    return nullcontext() if rows >= PARALLEL_ROWS else threadpool_limits(limits=1)
