"""The benchmark of the prediction log's cost.

Three inference processes run all the time; only one is under load. They differ in their log: none,
one with the default rate, and one that takes every row. After the loads each process is stopped,
and the rows in its files are compared with the rows that it answered.
"""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import httpx
import pyarrow.parquet as pq

from baton_cli.processes.ready import create_local_client
from bench.errors import CannotRun
from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.figures import Figures
from bench.load.request import Request
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.predictions.results import LoggedRows, PredictionResults
from bench.output.progress import Step, show_progress
from bench.testbed.server import Server
from bench.testbed.testbed import Testbed

OFF, DEFAULT, EVERY = "no log", "100 rows/s", "every row"
RATES = {OFF: "", DEFAULT: "100", EVERY: "100000"}
"""Each process and the most rows per second in its log."""
CONNECTIONS = 16
CALLERS = 256
"""The connections at half load. Each pauses between its requests."""
HALF = 0.5
ROWS = 50_000
"""Different rows: equal ones would compress better than real ones."""
OUT_OF_SAMPLE = re.compile(
    r'^baton_predictions_dropped_rows_total\{cause="(?:sampled|rate)"\} (\S+)$', re.MULTILINE
)
ANSWERED = re.compile(r"^baton_rows_total\{.*\} (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Scale:
    """The length of the benchmark: rounds, and seconds of each load."""

    rounds: int
    seconds: float


async def run(testbed: Testbed, scale: Scale) -> PredictionResults:
    """Runs the benchmark.

    Raises:
        CannotRun: wrk is not installed, or a process does not answer.
    """
    require_wrk()
    body = testbed.bodies.write_instances(ROWS)
    folders = {name: testbed.home.path / "predictions" / str(at) for at, name in enumerate(RATES)}
    servers = {name: _create_server(testbed, name, folders[name]) for name in RATES}
    requests = {name: Request(each.port, "/predict", body) for name, each in servers.items()}
    results = PredictionResults()
    with show_progress(2 * scale.rounds * len(servers)) as step:
        async with AsyncExitStack() as stack:
            for name, server in servers.items():
                stack.push_async_callback(server.stop)
                await server.start(replace(requests[name], body=testbed.bodies.one_instance))
            start = read_usage()
            loads = _Loads(scale, results, step)
            await loads.saturate(servers, requests)
            await loads.load_by_half(servers, requests)
            machine = describe_machine(start, read_usage())
            for name in (DEFAULT, EVERY):
                metrics = await _read_metrics(servers[name])
                await servers[name].stop()
                results.rows[name] = count_rows(metrics, folders[name])
    rounds = f"medians of {scale.rounds} rounds, {scale.seconds:g} s per load"
    results.machine = f"{machine}; {rounds}"
    return results


def _create_server(testbed: Testbed, name: str, folder: Path) -> Server:
    rate = RATES[name]
    variables = {"BATON_PREDICTIONS_DIR": str(folder), "BATON_PREDICTIONS_ROWS_S": rate}
    return testbed.create_inference(f"Baton, {name}", **(variables if rate else {}))


class _Loads:
    """The loads of all processes, round by round."""

    def __init__(self, scale: Scale, results: PredictionResults, step: Step) -> None:
        self._scale = scale
        self._results = results
        self._step = step

    async def saturate(self, servers: dict[str, Server], requests: dict[str, Request]) -> None:
        """Loads each process as much as it can answer."""
        for number in range(self._scale.rounds):
            for name in _rotate([*servers], number):
                figures = await self._measure(servers[name], requests[name], CONNECTIONS)
                self._results.saturated.setdefault(name, []).append(figures)
                self._step(f"{name}, saturated: {figures.per_s:,.0f}/s")

    async def load_by_half(self, servers: dict[str, Server], requests: dict[str, Request]) -> None:
        """Loads each process at half the rate that the one without a log can answer."""
        per_s = HALF * median(each.per_s for each in self._results.saturated[OFF])
        self._results.offered_per_s = per_s
        for number in range(self._scale.rounds):
            for name in _rotate([*servers], number):
                figures = await self._measure(
                    servers[name], requests[name], CALLERS, pause_ms=1e3 * CALLERS / per_s
                )
                self._results.half_load.setdefault(name, []).append(figures)
                self._step(f"{name}, half load: p99 {figures.p99_ms:.2f} ms")

    async def _measure(
        self, server: Server, request: Request, connections: int, pause_ms: float = 0.0
    ) -> Figures:
        """Runs a load; measures processor time beside it."""
        before_s = server.read_processor_time_s()
        figures = await run_closed_loop(
            request, connections=connections, seconds=self._scale.seconds, pause_ms=pause_ms
        )
        return replace(figures, cpu_s=server.read_processor_time_s() - before_s)


def _rotate(names: Sequence[str], by: int) -> Sequence[str]:
    """Starts each round with another process, so that none always follows the same one."""
    by %= len(names)
    return [*names[by:], *names[:by]]


async def _read_metrics(server: Server) -> str:
    try:
        async with create_local_client() as client:
            answer = await client.get(f"http://127.0.0.1:{server.port}/metrics")
            return answer.raise_for_status().text
    except httpx.HTTPError as error:
        raise CannotRun(f"{server.name} has no metrics: {error}") from error


def count_rows(metrics: str, folder: Path) -> LoggedRows:
    """Compares the metrics of a process before its end with its files after it."""
    files = [*folder.glob("model=*/version=*/date=*/*.parquet")]
    return LoggedRows(
        answered=round(sum(map(float, ANSWERED.findall(metrics)))),
        sampled=round(sum(map(float, OUT_OF_SAMPLE.findall(metrics)))),
        in_files=sum(pq.read_metadata(file).num_rows for file in files),
        files=len(files),
        size=sum(file.stat().st_size for file in files),
    )
