"""Open-loop load: requests are due at random times, whether or not earlier ones are answered."""

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
from bench.load.plan import LoadCounts, LoadPlan
from bench.settings import ROOT

Latencies = NDArray[np.float64]
Versions = asyncio.Queue[str]
"""The versions that answer, one item for each change."""
Task = Callable[[Versions], Awaitable[None]]


@dataclass(frozen=True)
class OpenLoopResult:
    """The result of a load.

    Attributes:
        counts: the generator's counts.
        latencies_s: the latencies of the 2xx answers, from the due time, seconds.
    """

    counts: LoadCounts
    latencies_s: Latencies

    def compute_figures(self) -> Figures:
        """Computes the figures."""
        p50, p99, p999 = compute_quantiles_ms(self.latencies_s)
        return Figures(
            len(self.latencies_s), self.counts.failed, self.counts.seconds, p50, p99, p999
        )


def compute_quantiles_ms(latencies_s: Latencies) -> tuple[float, float, float]:
    """Computes the 50th, 99th and 99.9th percentile in milliseconds; NaN without latencies."""
    if not len(latencies_s):
        return (np.nan, np.nan, np.nan)
    p50, p99, p999 = (np.quantile(latencies_s, (0.5, 0.99, 0.999)) * 1e3).tolist()
    return p50, p99, p999


async def run_open_loop(plan: LoadPlan, task: Task | None = None) -> OpenLoopResult:
    """Runs a load to its end, or to the end of a task that runs under load.

    Raises:
        CannotRun: the generator failed, or the load ended before the task.
    """
    async with _start_generator(plan) as process:
        versions: Versions = asyncio.Queue()
        reading = asyncio.create_task(_read_output(process, versions))
        try:
            if task is not None:
                await _wait_for_task(reading, asyncio.ensure_future(task(versions)))
                _get_stdin(process).close()
            counts = await reading
        finally:
            reading.cancel()
    return OpenLoopResult(counts, np.load(plan.latencies))


async def _wait_for_task(reading: asyncio.Task[LoadCounts], task: asyncio.Future[None]) -> None:
    """Waits for the task, unless the load ends first."""
    try:
        await asyncio.wait((reading, task), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise CannotRun("the load ended before its task")
        task.result()
    finally:
        task.cancel()


@asynccontextmanager
async def _start_generator(plan: LoadPlan) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.load.generator"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C reaches only this process, which ends the generator
    )
    try:
        _get_stdin(process).write(json.dumps(asdict(plan)).encode() + b"\n")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _get_stdin(process: asyncio.subprocess.Process) -> asyncio.StreamWriter:
    assert process.stdin is not None  # noqa: S101 - it is a pipe
    return process.stdin


async def _read_output(process: asyncio.subprocess.Process, versions: Versions) -> LoadCounts:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    async for line in process.stdout:
        document: dict[str, Any] = json.loads(line)
        if "version" not in document:
            return LoadCounts(**document)
        versions.put_nowait(document["version"])
    raise CannotRun("the load generator failed; see above")
