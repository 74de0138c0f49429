"""Bounded thread pools for work that would block the event loop."""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Generic, Self, TypeVar

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
        with self.reserve() as place:
            return await place.run(job)

    def reserve(self) -> "Place":
        """Reserves the place of one job for a context, for a request of several jobs in turn.

        Raises:
            Overloaded: too many jobs are pending; the request is not accepted.
        """
        if self.pending >= self._max_pending:
            raise Overloaded(f"{self.pending} requests are waiting; retry later")
        self.pending += 1
        return Place(self._pool, self._give_back)

    def _give_back(self) -> None:
        self.pending -= 1

    def close(self) -> None:
        """Stops the threads when they become idle. Does not wait for them."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class Place:
    """The place of one request in a pool, within a context.

    A caller can be cancelled, but a thread cannot. So a place whose context ends early is given
    back only when the pool has nothing of it any more, together with what the place holds.
    """

    def __init__(self, pool: ThreadPoolExecutor, give_back: Callable[[], None]) -> None:
        self._pool = pool
        self._left_job: asyncio.Future[Any] | None = None
        self._held = ExitStack()
        self._held.callback(give_back)
        self.hold = self._held.enter_context
        """Enters a context, which ends when the place is given back."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._left_job is None or self._left_job.done():
            self._held.close()
        else:
            self._left_job.add_done_callback(lambda _: self._held.close())

    async def run(self, job: Callable[[], T]) -> T:
        """Runs a job in this place. It is always accepted."""
        queued = _QueuedJob(job)
        future = asyncio.get_running_loop().run_in_executor(self._pool, queued.run)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            queued.drop()
            future.add_done_callback(_ignore)
            self._left_job = future
            raise
        finally:
            del future  # its error refers to this frame: only the garbage collector would free both


class _QueuedJob(Generic[T]):
    """A job in the queue of a pool. The queue keeps it until a thread is free."""

    __slots__ = ("_job",)

    def __init__(self, job: Callable[[], T]) -> None:
        self._job: Callable[[], T] | None = job

    def drop(self) -> None:
        """Frees the job; it does not run unless it has already started."""
        self._job = None

    def run(self) -> T:
        """Called by the thread."""
        job, self._job = self._job, None
        if job is None:
            raise asyncio.CancelledError  # no caller waits for it
        return job()


def _ignore(future: asyncio.Future[Any]) -> None:
    """Retrieves an error that no caller waits for; else asyncio logs it."""
    if not future.cancelled():
        future.exception()


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
