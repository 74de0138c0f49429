"""The first benchmark: the product, its peers and the echo floor, one after another, in rounds."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from baton_cli.terminal import show, tell
from bench.closed_loop import closed_loop, require_wrk
from bench.contestants import Line, contestants
from bench.figures import Figures, medians
from bench.stage import stage
from bench.table import markdown

CONNECTIONS = (1, 16, 64)


@dataclass(frozen=True)
class Scale:
    """How long it all takes.

    Attributes:
        rounds: how often each measurement is repeated; the median counts.
        seconds: how long one lasts.
    """

    rounds: int
    seconds: float


Key = tuple[str, int]


async def run(scale: Scale) -> None:
    """Runs it and prints the tables."""
    require_wrk()
    seen: dict[Key, list[Figures]] = {}
    async with stage() as place, running(contestants(place)) as lines:
        for turn in range(scale.rounds):
            for connections in CONNECTIONS:
                for line in lines:
                    await closed_loop(line.request, connections=connections, seconds=1)
                    figures = await closed_loop(
                        line.request, connections=connections, seconds=scale.seconds
                    )
                    seen.setdefault((line.name, connections), []).append(figures)
                    tell(
                        f"round {turn + 1}/{scale.rounds}, {connections} connections, {line.name}:"
                        f" {figures.per_s:,.0f}/s, p50 {figures.p50_ms:.2f} ms,"
                        f" {figures.failed} failed"
                    )
    rows = []
    for line in lines:
        for connections in CONNECTIONS:
            m = medians(seen[line.name, connections])
            floor = medians(seen[lines[0].name, connections])
            rows.append(
                [
                    line.name,
                    str(connections),
                    f"{m.per_s:,.0f}",
                    f"{m.per_s / floor.per_s:.2f}",
                    f"{m.p50_ms:.2f}",
                    f"{m.p99_ms:.2f}",
                    f"{m.p999_ms:.2f}",
                    str(m.failed),
                ]
            )
    show(
        markdown(
            [
                "server",
                "connections",
                "requests/s",
                "of the floor",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "failed",
            ],
            rows,
        )
    )


@asynccontextmanager
async def running(lines: Sequence[Line]) -> AsyncIterator[Sequence[Line]]:
    """Starts the servers of the lines, one after another; ends them all."""
    async with AsyncExitStack() as stack:
        started = set()
        for line in lines:
            if line.server not in started:
                stack.push_async_callback(line.server.stop)
                seconds = await line.server.start(line.request)
                started.add(line.server)
                tell(f"{line.server.name} answers after {seconds:.2f} s")
        yield lines
