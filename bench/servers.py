"""The benchmark of the servers: product, peers and echo floor, one after another, in rounds.

All of them run all the time, and are idle but for the one that is measured. A round measures each
line once, so that whatever the machine does meanwhile strikes all of them alike; medians of the
rounds are shown.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack, nullcontext
from dataclasses import dataclass

from baton_cli.errors import CommandFailed
from baton_cli.terminal import print_progress
from bench.contestants import Contestant, Line, Maker
from bench.errors import CannotRun
from bench.load.closed_loop import closed_loop, require_wrk
from bench.load.figures import Figures
from bench.load.open_loop import open_loop
from bench.load.order import Order
from bench.machine import description, read
from bench.processors import apart
from bench.progress import Step, progress
from bench.results import Results, Rounds, Start
from bench.stage import Stage
from bench.starts import WAYS, starts

CONNECTIONS = (1, 16, 64)
REFERENCE = 16
"""Connections at which capacity is compared."""
MANY_CONNECTIONS = 4
"""For large bodies: enough to keep two cores busy."""
SHARE = 0.5
"""Of the reference, for the open loop."""
ENOUGH = 20
"""Answers a connection before the answers cut off at the end of a measurement no longer count."""
MOST_STRETCH = 4
"""A slow server is loaded so many times longer at most."""
WARM_UP_S = 1.0


@dataclass(frozen=True)
class Scale:
    """How long it all takes.

    Attributes:
        rounds: how often each measurement is repeated.
        seconds: how long one lasts, unless the server is slow.
        connections: of the closed loop; 1 and `REFERENCE` are among them.
    """

    rounds: int
    seconds: float
    connections: tuple[int, ...] = CONNECTIONS

    def __str__(self) -> str:
        return f"medians of {self.rounds} rounds, {self.seconds:g} s a load"


class Bench:
    """One run."""

    def __init__(self, scale: Scale, place: Stage, step: Step) -> None:
        self._scale = scale
        self._place = place
        self._step = step
        self._seconds: dict[tuple[str, int], float] = {}
        self.results = Results()

    async def rounds(self, contestants: Sequence[Contestant]) -> None:
        """All measurements of running servers."""
        one_row = [line for each in contestants for line in each.one_row]
        many_rows = [line for each in contestants for line in each.many_rows]
        results = self.results
        for number in range(1, self._scale.rounds + 1):
            for connections in self._scale.connections:
                rounds = results.one_row.setdefault(connections, Rounds())
                with apart() if connections == 1 else nullcontext():
                    await self._closed(number, one_row, connections, rounds)
            await self._closed(number, many_rows, MANY_CONNECTIONS, results.many_rows)
        reference = results.one_row[REFERENCE].medians()
        results.offered = {name: SHARE * seen.per_s for name, seen in reference.items()}
        for number in range(1, self._scale.rounds + 1):
            await self._open(number, one_row)

    async def _closed(
        self, number: int, lines: Sequence[Line], connections: int, rounds: Rounds
    ) -> None:
        for line in lines:
            key = (line.name, connections)
            if key not in self._seconds:
                seen = await closed_loop(line.request, connections=connections, seconds=WARM_UP_S)
                self._seconds[key] = self._long_enough(seen, connections)
            seen = await closed_loop(
                line.request, connections=connections, seconds=self._seconds[key]
            )
            rounds.add(line.name, seen)
            self._tell(number, f"{line.name}, {connections} at a time", seen)

    def _long_enough(self, seen: Figures, connections: int) -> float:
        """How long a measurement lasts: longer where answers come slowly."""
        least = self._scale.seconds
        wanted = ENOUGH * connections / max(seen.per_s, 1.0)
        return min(max(least, wanted), MOST_STRETCH * least)

    async def _open(self, number: int, lines: Sequence[Line]) -> None:
        for line in lines:
            per_s = self.results.offered[line.name]
            if not per_s:
                continue
            order = Order(
                port=line.request.port,
                path=line.request.path,
                body=str(line.request.body),
                per_s=per_s,
                seconds=self._scale.seconds,
                latencies=str(self._place.home.path / "latencies.npy"),
            )
            load = await open_loop(order)
            seen = load.figures()
            self.results.half_load.add(line.name, seen)
            late = f", sent {load.seen.lag_p99_ms:.2f} ms late at p99"
            self._tell(number, f"{line.name}, open loop at {per_s:,.0f}/s", seen, late)

    def _tell(self, number: int, what: str, seen: Figures, more: str = "") -> None:
        failed = f", {seen.failed} FAILED" if seen.failed else ""
        self._step(
            f"round {number}/{self._scale.rounds}, {what}: {seen.per_s:,.0f}/s, "
            f"p50 {seen.p50_ms:.2f} ms, p99 {seen.p99_ms:.2f} ms{more}{failed}"
        )


async def run(place: Stage, makers: Sequence[Maker], scale: Scale) -> Results:
    """Runs the benchmark; what cannot run is left out and named in the results.

    Raises:
        CannotRun: the product itself cannot run.
    """
    require_wrk()
    made, missing = await _made(makers, place)
    with progress(_steps(made, scale)) as step:
        bench = Bench(scale, place, step)
        bench.results.missing = missing
        async with AsyncExitStack() as stack:
            running = []
            for each in made:
                stack.push_async_callback(each.server.stop)
                try:
                    bench.results.starts[each.server.name] = await _start(each, step)
                    running.append(each)
                except CannotRun as error:
                    missing.append(str(error))
            before = read()
            await bench.rounds(running)
            bench.results.machine = f"{description(before, read())}; {scale}"
            for each in running:
                bench.results.starts[each.server.name].loaded = each.server.memory()
        bench.results.starts |= await starts(place, scale.rounds, step)
    return bench.results


def _steps(made: Sequence[Contestant], scale: Scale) -> int:
    one_row = sum(len(each.one_row) for each in made)
    many_rows = sum(len(each.many_rows) for each in made)
    a_round = one_row * (len(scale.connections) + 1) + many_rows + len(WAYS)
    return len(made) + scale.rounds * a_round


async def _made(makers: Sequence[Maker], place: Stage) -> tuple[list[Contestant], list[str]]:
    made: list[Contestant] = []
    missing: list[str] = []
    for maker in makers:
        try:
            made.append(await maker(place))
        except (CannotRun, CommandFailed) as error:
            missing.append(str(error))
            print_progress(f"left out: {error}")
    return made, missing


async def _start(contestant: Contestant, step: Step) -> Start:
    server = contestant.server
    seconds = await server.start(contestant.one_row[0].request)
    step(f"{server.name} answers after {seconds:.2f} s")
    return Start(seconds, server.memory())
