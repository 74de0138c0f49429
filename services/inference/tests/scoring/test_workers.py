"""The bounded thread pool."""

import asyncio
import contextlib
import gc
import threading

import pytest

from baton_inference.errors import Overloaded
from baton_inference.scoring.workers import Workers


class Closing:
    """Notes that it is closed."""

    def __init__(self, ended: list[str]) -> None:
        self.ended = ended

    def close(self) -> None:
        self.ended.append("closed")


def test_jobs_run_in_another_thread() -> None:
    """The caller gets the result or the error."""
    workers = Workers(threads=1)

    async def run() -> None:
        assert await workers.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 / 0)
        assert workers.pending == 0

    asyncio.run(run())
    workers.close()


def test_jobs_over_the_limit_are_refused() -> None:
    """They are refused at once; accepted jobs are done."""
    workers = Workers(threads=1, max_pending=3)
    gate = threading.Event()

    async def run() -> None:
        jobs = [asyncio.ensure_future(workers.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        assert workers.pending == 3
        with pytest.raises(Overloaded, match="3 requests are waiting"):
            await workers.run(gate.wait)
        gate.set()
        assert await asyncio.gather(*jobs) == [True] * 3
        assert workers.pending == 0

    asyncio.run(run())
    workers.close()


def test_a_cancelled_job_keeps_its_place_until_its_thread_ends() -> None:
    """Otherwise callers that cancel could start any number of jobs. A queued job does not run."""
    workers = Workers(threads=1, max_pending=2)
    gate, has_run = threading.Event(), threading.Event()
    ended: list[str] = []

    async def use() -> None:
        async def run_in_place() -> None:
            with workers.reserve() as place:
                place.hold(contextlib.closing(Closing(ended)))
                await place.run(gate.wait)

        running = asyncio.ensure_future(run_in_place())
        queued = asyncio.ensure_future(workers.run(has_run.set))
        await asyncio.sleep(0)
        for each in (running, queued):
            each.cancel()
        assert len(await asyncio.gather(running, queued, return_exceptions=True)) == 2
        assert (workers.pending, ended) == (2, [])
        with pytest.raises(Overloaded):
            await workers.run(gate.wait)
        gate.set()
        while workers.pending:  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.001)
        assert ended == ["closed"]

    asyncio.run(use())
    assert not has_run.is_set()
    workers.close()


def test_the_error_of_a_cancelled_job_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """No caller waits for it."""
    workers = Workers(threads=1)
    gate = threading.Event()

    def fail() -> None:
        gate.wait()
        raise ValueError

    async def use() -> None:
        running = asyncio.ensure_future(workers.run(fail))
        await asyncio.sleep(0.01)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        gate.set()
        while workers.pending:  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.001)

    asyncio.run(use())
    gc.collect()
    assert not caplog.records
    workers.close()


def test_a_failed_job_leaves_no_garbage() -> None:
    """Collections are rare: an error that refers to its own frame would be kept for long."""
    workers = Workers(threads=1)

    class Kept(ValueError):
        pass

    def fail() -> None:
        raise Kept

    async def use() -> None:
        with pytest.raises(Kept):
            await workers.run(fail)

    gc.collect()
    gc.disable()
    try:
        asyncio.run(use())
        assert not [each for each in gc.get_objects() if isinstance(each, Kept)]
    finally:
        gc.enable()
    workers.close()
