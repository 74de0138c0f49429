"""Loads on several processes by turns.

All processes run all the time; only one is under load. Each answers as much as it can, in rounds.
Then each gets half the rate that the base, one of them, can answer.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from bench.load.closed_loop import run_closed_loop
from bench.load.figures import Figures
from bench.load.request import Request
from bench.load.rounds import Rounds, Scale, get_rate
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.alternating.results import AlternatingResults
from bench.output.progress import Step, show_progress
from bench.testbed.server import Server

PATH = "/predict"
CONNECTIONS = 16
CALLERS = 256
"""The connections at half load. Each pauses between its requests."""
HALF = 0.5

Count = Callable[[Server], Awaitable[int]]
"""Reads a count of a process that only grows."""


@asynccontextmanager
async def run_servers(servers: Mapping[str, Server], probe: Path) -> AsyncIterator[None]:
    """Runs the processes until the block ends.

    Args:
        servers: the processes by name.
        probe: the body of the request that each must answer first.

    Raises:
        CannotRun: a process does not answer.
    """
    async with AsyncExitStack() as stack:
        for server in servers.values():
            stack.push_async_callback(server.stop)
            await server.start(Request(server.port, PATH, probe))
        yield


@dataclass(frozen=True)
class AlternatingLoads:
    """The loads of one run.

    Attributes:
        servers: the running processes by name.
        base: the name of the one with which the others are compared.
        body: the bodies of the requests, see `Request`.
        scale: rounds, and seconds of each load.
        count: is read before and after each load; the figures have the difference. None: no count.
        lead_s: each load runs so long before it is measured, for what only settles under load.
    """

    servers: Mapping[str, Server]
    base: str
    body: Path
    scale: Scale
    count: Count | None = None
    lead_s: int = 0

    async def measure(self, results: AlternatingResults) -> None:
        """Loads each process as much as it can answer, then at half the rate of the base.

        Raises:
            CannotRun: a load failed, or the count cannot be read.
        """
        start = read_usage()
        with show_progress(2 * self.scale.rounds * len(self.servers)) as step:
            saturated = results.saturated
            await self._measure_rounds(saturated, step, _describe_saturated, CONNECTIONS)
            per_s = HALF * median(map(get_rate, saturated.figures[self.base]))
            results.offered_per_s = per_s
            pause_ms = 1e3 * CALLERS / per_s
            await self._measure_rounds(
                results.half_load, step, _describe_half_load, CALLERS, pause_ms
            )
        results.machine = f"{describe_machine(start, read_usage())}; {self.scale}"

    async def _measure_rounds(
        self,
        rounds: Rounds,
        step: Step,
        describe: Callable[[Figures], str],
        connections: int,
        pause_ms: float = 0.0,
    ) -> None:
        for name in iterate_turns([*self.servers], self.scale.rounds):
            server = self.servers[name]
            load = partial(
                run_closed_loop,
                Request(server.port, PATH, self.body),
                connections=connections,
                pause_ms=pause_ms,
            )
            if self.lead_s:
                await load(seconds=self.lead_s)
            figures = await self._measure(server, load(seconds=self.scale.seconds))
            rounds.add(name, figures)
            step(f"{name}, {describe(figures)}")

    async def _measure(self, server: Server, load: Awaitable[Figures]) -> Figures:
        """Runs a load; measures processor time and the count beside it."""
        if self.count is None:
            return await server.measure_load(load)
        before = await self.count(server)
        figures = await server.measure_load(load)
        return replace(figures, counted=await self.count(server) - before)


def iterate_turns(names: Sequence[str], rounds: int) -> Iterator[str]:
    """Iterates over all names in each round.

    Each round starts with another name, so that none always follows the same one.
    """
    for number in range(rounds):
        first = number % len(names)
        yield from names[first:]
        yield from names[:first]


def _describe_saturated(figures: Figures) -> str:
    return f"saturated: {figures.per_s:,.0f}/s"


def _describe_half_load(figures: Figures) -> str:
    return f"half load: p99 {figures.p99_ms:.2f} ms"
