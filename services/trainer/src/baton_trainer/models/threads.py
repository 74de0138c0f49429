"""How many threads the numeric libraries may use."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from threadpoolctl import threadpool_limits

WORTH_ROWS = 100_000
"""From here on a second core is worth more than the waiting of threads for each other."""


def limit(rows: int) -> AbstractContextManager[Any]:
    """One thread for a small table, all of them for a large one.

    On a busy machine OpenMP's threads spin while they wait for each other: with two threads on two
    shared cores, gradient boosting on 5,000 rows took 2 to 17 s, with one thread 1 s.
    """
    return nullcontext() if rows >= WORTH_ROWS else threadpool_limits(limits=1)
