"""The bounded pool of threads."""

import asyncio
import threading

import pytest

from baton_inference.errors import Overloaded
from baton_inference.scoring.workers import Workers


def test_runs_off_the_event_loop() -> None:
    """A job runs in another thread, and its result or its error comes back."""
    workers = Workers(threads=1)

    async def use() -> None:
        assert await workers.run(threading.get_ident) != threading.get_ident()
        with pytest.raises(ZeroDivisionError):
            await workers.run(lambda: 1 / 0)
        assert workers.pending == 0

    asyncio.run(use())
    workers.close()


def test_sheds_what_is_too_much_and_does_what_it_took_on() -> None:
    """Beyond the bound a job is refused at once; those taken on are all done."""
    workers = Workers(threads=1, max_pending=3)
    gate = threading.Event()

    async def use() -> None:
        jobs = [asyncio.ensure_future(workers.run(gate.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        assert workers.pending == 3
        with pytest.raises(Overloaded, match="3 requests are waiting"):
            await workers.run(gate.wait)
        gate.set()
        assert await asyncio.gather(*jobs) == [True] * 3
        assert workers.pending == 0

    asyncio.run(use())
    workers.close()
