"""The bounded thread pool."""

import asyncio
import threading

import pytest

from baton_inference.errors import Overloaded
from baton_inference.scoring.workers import Workers


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
