"""Open-loop load: requests come when they come, whether or not the last ones are answered."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.errors import CannotRun
from bench.load.figures import Figures
from bench.load.order import Order, Seen
from bench.settings import ROOT

Latencies = NDArray[np.float64]
Versions = asyncio.Queue[str]
"""The versions that answer, each time that it is another one."""
During = Callable[[Versions], Awaitable[None]]


@dataclass(frozen=True)
class OpenLoop:
    """What one load saw.

    Attributes:
        seen: counts.
        latencies_s: of the 2xx answers, from when they were due, seconds.
    """

    seen: Seen
    latencies_s: Latencies

    def figures(self) -> Figures:
        """As figures."""
        p50, p99, p999 = quantiles_ms(self.latencies_s)
        return Figures(len(self.latencies_s), self.seen.failed, self.seen.seconds, p50, p99, p999)


def quantiles_ms(latencies_s: Latencies) -> tuple[float, float, float]:
    """The 50th, 99th and 99.9th percentile in milliseconds; not a number where there is none."""
    if not len(latencies_s):
        return (np.nan, np.nan, np.nan)
    p50, p99, p999 = (np.quantile(latencies_s, (0.5, 0.99, 0.999)) * 1e3).tolist()
    return p50, p99, p999


async def open_loop(order: Order, during: During | None = None) -> OpenLoop:
    """Runs a load to its end; where there is something to do meanwhile, to the end of that.

    Raises:
        CannotRun: the generator failed.
    """
    async with _generator(order) as process:
        versions: Versions = asyncio.Queue()
        reading = asyncio.create_task(_read(process, versions))
        try:
            if during is not None:
                await _first(reading, asyncio.ensure_future(during(versions)))
                _writer(process).close()
            seen = await reading
        finally:
            reading.cancel()
    return OpenLoop(seen, np.load(order.latencies))


async def _first(reading: asyncio.Task[Seen], doing: asyncio.Future[None]) -> None:
    """Waits for what is done meanwhile, unless the load ends before."""
    try:
        await asyncio.wait((reading, doing), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise CannotRun("the load ended before what was to be done under it")
        doing.result()
    finally:
        doing.cancel()


@asynccontextmanager
async def _generator(order: Order) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.load.generator"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end it
    )
    try:
        _writer(process).write(json.dumps(asdict(order)).encode() + b"\n")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _writer(process: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    return process.stdin


async def _read(process: asyncio.subprocess.Process, versions: Versions) -> Seen:
    assert process.stdout is not None  # noqa: S101 - it was asked for
    async for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if "version" not in told:
            return Seen(**told)
        versions.put_nowait(told["version"])
    raise CannotRun("the load generator ended early; see above")
