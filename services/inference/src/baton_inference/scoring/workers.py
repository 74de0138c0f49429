"""Bounded pools of threads for what would hold up the event loop."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from baton_inference.errors import Overloaded

T = TypeVar("T")
MAX_PENDING = 64
"""Jobs accepted and not done: with the most rows a request may hold, some seconds of work."""
_MAX_THREADS = 4


class Workers:
    """Runs jobs in threads. Used from the event loop only."""

    def __init__(self, *, threads: int | None = None, max_pending: int = MAX_PENDING) -> None:
        count = threads or max(2, min(_MAX_THREADS, os.cpu_count() or 1))
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="score")
        self._max_pending = max_pending
        self.pending = 0
        """Jobs accepted and not done."""

    async def run(self, job: Callable[[], T]) -> T:
        """Runs a job and gives its result.

        Raises:
            Overloaded: too many jobs are pending; the job was not taken on.
        """
        if self.pending >= self._max_pending:
            raise Overloaded(f"{self.pending} requests are waiting; try again soon")
        self.pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, job)
        finally:
            self.pending -= 1

    def close(self) -> None:
        """Ends the threads as they become idle; does not wait for them."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Pools:
    """The pools of the service: bodies of rows, and Arrow or Parquet bodies.

    One process reads all Arrow and Parquet bodies, one after the other: in a pool that they share
    with others, a burst of them would hold every thread while it waits.
    """

    def __init__(self, rows: Workers | None = None) -> None:
        self.rows = rows or Workers()
        self.columnar = Workers(threads=1)

    @property
    def pending(self) -> int:
        """Jobs accepted and not done."""
        return self.rows.pending + self.columnar.pending

    def close(self) -> None:
        """Ends the threads as they become idle; does not wait for them."""
        self.rows.close()
        self.columnar.close()
