"""Rounds of loads on running servers."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from bench.load.closed_loop import run_closed_loop
from bench.load.figures import Figures
from bench.load.open_loop import run_open_loop
from bench.load.plan import LoadPlan
from bench.load.rounds import Rounds, Scale
from bench.machine.processors import separate_processors
from bench.measurements.servers.contestants import FLOOR, Contestant, Line
from bench.measurements.servers.results import Results
from bench.output.progress import Step
from bench.testbed.server import Server

Loaded = tuple[Server, Line]
CONNECTIONS = (1, 16, 64)
REFERENCE = 16
"""The number of connections at which capacity is compared."""
MANY_CONNECTIONS = 4
"""For large bodies: enough to keep two cores busy."""
SHARE = 0.5
"""The rate of the open loop, relative to the capacity at `REFERENCE` connections."""
MIN_ANSWERS = 20
"""Answers per connection that make the answers cut off at the end of a measurement negligible."""
MAX_STRETCH = 4
"""The load of a slow server is at most this many times longer."""
WARM_UP_S = 1.0
NOISY_MS = 3.0
"""A round is dropped if the floor's own 99th percentile is over this."""


@dataclass(frozen=True)
class ServerScale(Scale):
    """The length of the benchmark.

    Attributes:
        seconds: length of a load, longer for a slow server.
        connections: the connections of the closed loop; 1 and `REFERENCE` are among them.
        warm_up: whether a load of a second precedes the first measurement of a line.
    """

    connections: tuple[int, ...] = CONNECTIONS
    warm_up: bool = True


def drop_noisy_rounds(results: Results) -> None:
    """Drops and counts the rounds in which the floor itself was slow, because others used the CPU.

    If all are noisy, all stay, because there is nothing else to show.
    """
    for count in (1, REFERENCE):
        rounds = results.one_row[count]
        noisy = rounds.find_noisy(FLOOR, NOISY_MS)
        results.dropped[count] = len(noisy)
        if len(noisy) < len(rounds.figures[FLOOR]):
            results.one_row[count] = rounds.drop(noisy)


class LoadRounds:
    """All loads of one run, written to its results."""

    def __init__(self, scale: ServerScale, folder: Path, step: Step, results: Results) -> None:
        self._scale = scale
        self._latencies = folder / "latencies.npy"
        self._step = step
        self._seconds: dict[tuple[str, int], float] = {}
        self._results = results

    async def measure(self, contestants: Sequence[Contestant]) -> None:
        """Measures running servers with each number of connections, then in an open loop."""
        one_row = [(each.server, line) for each in contestants for line in each.one_row]
        many_rows = [(each.server, line) for each in contestants for line in each.many_rows]
        results = self._results
        for number in range(1, self._scale.rounds + 1):
            for count in self._scale.connections:
                rounds = results.one_row.setdefault(count, Rounds())
                with separate_processors() if count == 1 else nullcontext():
                    await self._measure_closed_loop(number, one_row, count, rounds)
            await self._measure_closed_loop(number, many_rows, MANY_CONNECTIONS, results.many_rows)
        drop_noisy_rounds(results)
        capacity = results.one_row[REFERENCE].compute_medians()
        results.offered = {name: SHARE * each.per_s for name, each in capacity.items()}
        for number in range(1, self._scale.rounds + 1):
            await self._measure_open_loop(number, one_row)

    async def _measure_closed_loop(
        self, number: int, lines: Sequence[Loaded], connections: int, rounds: Rounds
    ) -> None:
        for server, line in lines:
            seconds = await self._get_seconds(line, connections)
            figures = await server.measure_load(
                run_closed_loop(line.request, connections=connections, seconds=seconds)
            )
            rounds.add(line.name, figures)
            self._report(number, f"{line.name}, {connections} at a time", figures)

    async def _get_seconds(self, line: Line, connections: int) -> float:
        """Returns the length of a line's measurements; warms the server up at the first one."""
        if not self._scale.warm_up:
            return self._scale.seconds
        key = (line.name, connections)
        if key not in self._seconds:
            figures = await run_closed_loop(
                line.request, connections=connections, seconds=WARM_UP_S
            )
            self._seconds[key] = choose_seconds(figures.per_s, connections, self._scale.seconds)
        return self._seconds[key]

    async def _measure_open_loop(self, number: int, lines: Sequence[Loaded]) -> None:
        for _, line in lines:
            per_s = self._results.offered[line.name]
            if not per_s:
                continue
            plan = LoadPlan(
                port=line.request.port,
                path=line.request.path,
                body=str(line.request.body),
                per_s=per_s,
                seconds=self._scale.seconds,
                latencies=str(self._latencies),
            )
            result = await run_open_loop(plan)
            figures = result.compute_figures()
            self._results.half_load.add(line.name, figures)
            lag = f", sent {result.counts.lag_p99_ms:.2f} ms late at p99"
            self._report(number, f"{line.name}, open loop at {per_s:,.0f}/s", figures, lag)

    def _report(self, number: int, load: str, figures: Figures, more: str = "") -> None:
        failed = f", {figures.failed} FAILED" if figures.failed else ""
        self._step(
            f"round {number}/{self._scale.rounds}, {load}: {figures.per_s:,.0f}/s, "
            f"p50 {figures.p50_ms:.2f} ms, p99 {figures.p99_ms:.2f} ms{more}{failed}"
        )


def choose_seconds(per_s: float, connections: int, seconds: float) -> float:
    """Chooses the length of a measurement: a slow server is measured for longer."""
    needed = MIN_ANSWERS * connections / max(per_s, 1.0)
    return min(max(seconds, needed), MAX_STRETCH * seconds)
