"""Bounded thread pools for work that would block the event loop."""

import asyncio
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from baton_inference.errors import Overloaded
from baton_inference.scoring.canary_calls import CanaryCalls

T = TypeVar("T")
MAX_PENDING = 64
"""Jobs that may be pending: some seconds of work if every request has the most rows."""
_MAX_THREADS = 4


class Workers:
    """Runs jobs in threads. Use it from the event loop only."""

    def __init__(self, *, threads: int | None = None, max_pending: int = MAX_PENDING) -> None:
        count = threads or max(2, min(_MAX_THREADS, os.cpu_count() or 1))
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="score")
        self._max_pending = max_pending
        self.pending = 0
        """The number of jobs that are accepted and not done."""

    async def run(self, job: Callable[[], T]) -> T:
        """Runs a job and returns its result.

        Raises:
            Overloaded: too many jobs are pending; the job is not accepted.
        """
        with self.reserve():
            return await self.run_reserved(job)

    @contextmanager
    def reserve(self) -> Iterator[None]:
        """Reserves the place of one job for the context, for a request of several jobs in turn.

        Raises:
            Overloaded: too many jobs are pending; the request is not accepted.
        """
        if self.pending >= self._max_pending:
            raise Overloaded(f"{self.pending} requests are waiting; retry later")
        self.pending += 1
        try:
            yield
        finally:
            self.pending -= 1

    async def run_reserved(self, job: Callable[[], T]) -> T:
        """Runs a job in the place that `reserve` gave. It is always accepted."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    def close(self) -> None:
        """Stops the threads when they become idle. Does not wait for them."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Pools:
    """The pools of the service: for Arrow and Parquet bodies, the canary, labels, all others.

    One process reads all Arrow and Parquet bodies, one after the other. In a shared pool, a burst
    of them would block every thread. One thread writes labels, because a disk may be slow.
    """

    def __init__(self, rows: Workers | None = None) -> None:
        self.rows = rows or Workers()
        self.columnar = Workers(threads=1)
        self.labels = Workers(threads=1)
        self.canary = CanaryCalls()

    @property
    def pending(self) -> int:
        """The number of jobs for scoring that are accepted and not done."""
        return self.rows.pending + self.columnar.pending + self.canary.pending

    @property
    def is_busy(self) -> bool:
        """Whether a thread works, perhaps for ever."""
        return self.pending > 0 or self.labels.pending > 0 or self.canary.is_busy

    def close(self) -> None:
        """Stops the threads when they become idle. Does not wait for them."""
        self.rows.close()
        self.columnar.close()
        self.labels.close()
        self.canary.close()
