"""The benchmark of the swaps: the alias moves under constant load, and every answer is checked.

Phases with and without swaps alternate, with the same rate and length, so their latencies are
comparable. The registry client moves the alias on a real tracking server; each move waits until the
answers have followed the previous one.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from baton_cli.processes.ready import create_local_client
from baton_cli.terminal import print_progress
from baton_registry.rest.client import RegistryClient
from bench.errors import CannotRun
from bench.load.checker import are_close
from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.open_loop import OpenLoopResult, Versions, run_open_loop
from bench.load.plan import LoadPlan
from bench.load.request import Request
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.swaps.results import SwapResults
from bench.output.progress import Step, show_progress
from bench.testbed.server import Server
from bench.testbed.testbed import ALIAS, MODEL, Testbed

SHARE = 0.4
"""The rate of the load, relative to the capacity at 16 connections."""
CAPACITY_CONNECTIONS = 16
PER_PHASE = 20
"""Swaps in a phase. Memory after the first phase is the baseline."""
SPACING_S = 0.25
"""Time between two alias moves, unless the swap takes longer."""
POLL_INTERVAL_S = 0.05
"""The minimum of inference."""
MIN_PAUSE_S = 0.05
SWAP_LIMIT_S = 30.0
MAX_LOAD_S = 600.0
VERSIONS = ("1", "2")


@dataclass(frozen=True)
class SwapPlan:
    """The length of a run.

    Attributes:
        phases: number of phases with swaps, and of phases without.
        per_phase: swaps in a phase; memory is measured after each phase.
        estimator: the second version's estimator.
        capacity_s: length of a capacity measurement.
    """

    phases: int
    per_phase: int = PER_PHASE
    estimator: str = "logistic"
    capacity_s: float = 3.0


class SwapBenchmark:
    """One run with one server."""

    def __init__(
        self, server: Server, load_plan: LoadPlan, registry: RegistryClient, step: Step
    ) -> None:
        self._server = server
        self._load_plan = load_plan
        self._registry = registry
        self._step = step
        self._moves = itertools.cycle(reversed(VERSIONS))  # version 1 serves at the start
        self.results = SwapResults(load_plan.per_s)

    async def run(self, plan: SwapPlan) -> None:
        """Runs all phases."""
        results = self.results
        for number in range(1, plan.phases + 1):
            result = await run_open_loop(
                self._load_plan, lambda versions: self._move_alias(versions, plan.per_phase)
            )
            results.swapping.add(result)
            swaps = number * plan.per_phase
            self._step(f"{swaps} swaps: {_summarize(result)}")
            results.memory[swaps] = self._server.measure_memory()
            result = await run_open_loop(replace(self._load_plan, seconds=result.counts.seconds))
            results.calm.add(result)
            self._step(f"without swaps: {_summarize(result)}")

    async def _move_alias(self, versions: Versions, times: int) -> None:
        """Moves the alias several times; waits after each move until the answers follow."""
        for _ in range(times):
            started_s, version = time.perf_counter(), next(self._moves)
            while not versions.empty():
                versions.get_nowait()
            await asyncio.to_thread(self._registry.set_alias, MODEL, ALIAS, version)
            moved_s = time.perf_counter()
            async with asyncio.timeout(SWAP_LIMIT_S):
                while await versions.get() != version:
                    pass
            now_s = time.perf_counter()
            self.results.swap_s.append(now_s - moved_s)
            # Long enough for the last answers of the previous version to arrive.
            await asyncio.sleep(max(MIN_PAUSE_S, started_s + SPACING_S - now_s))


async def run(testbed: Testbed, plan: SwapPlan) -> SwapResults:
    """Trains the second version and runs the benchmark.

    Raises:
        CannotRun: a program does not start, or a swap takes too long.
    """
    require_wrk()
    # The same estimator with the same parameters would give the same model.
    options = ("--param", "C=0.001") if plan.estimator == "logistic" else ()
    train = ("train", "--estimator", plan.estimator, *options)
    await testbed.run(testbed.create_baton_program("training of version 2", *train))
    return await measure(testbed, plan)


async def measure(testbed: Testbed, plan: SwapPlan) -> SwapResults:
    """Runs the benchmark on a testbed with both versions.

    Raises:
        CannotRun: a program does not start, or a swap takes too long.
    """
    expected = await _compute_expected(testbed)
    server = testbed.create_inference("Baton", BATON_POLL_INTERVAL_S=str(POLL_INTERVAL_S))
    try:
        load_plan = await _plan_load(testbed, server, expected, plan.capacity_s)
        with (
            RegistryClient(testbed.tracking_uri) as registry,
            show_progress(2 * plan.phases) as step,
        ):
            bench = SwapBenchmark(server, load_plan, registry, step)
            before = read_usage()
            await bench.run(plan)
            bench.results.machine = describe_machine(before, read_usage())
        bench.results.counted = await _read_swap_count(server)
    except TimeoutError as error:
        raise CannotRun(f"a swap took more than {SWAP_LIMIT_S:g} s") from error
    finally:
        await server.stop()
    return bench.results


async def _compute_expected(testbed: Testbed) -> dict[str, Any]:
    """Maps each version to scikit-learn's prediction for the posted row."""
    uris = {f"models:/{MODEL}/{version}": version for version in VERSIONS}
    row = json.dumps(testbed.bodies.one_row)
    program = testbed.create_program(
        "truth", sys.executable, "-m", "bench.measurements.swaps.truth", row, *uris
    )
    predictions: dict[str, Any] = json.loads(await testbed.read_output(program))
    expected = {uris[uri]: prediction for uri, prediction in predictions.items()}
    first, second = expected.values()
    if are_close(first, second):
        raise CannotRun(
            "both versions give the row the same scores: mixed answers would go undetected"
        )
    return expected


async def _plan_load(
    testbed: Testbed, server: Server, expected: Mapping[str, Any], capacity_s: float
) -> LoadPlan:
    """Starts inference, measures its capacity and plans the load."""
    request = Request(server.port, "/predict", testbed.bodies.one_instance)
    await server.start(request)
    for _ in ("warm-up", "capacity"):
        figures = await run_closed_loop(
            request, connections=CAPACITY_CONNECTIONS, seconds=capacity_s
        )
    print_progress(f"capacity at {CAPACITY_CONNECTIONS} connections: {figures.per_s:,.0f}/s")
    return LoadPlan(
        port=request.port,
        path=request.path,
        body=str(request.body),
        per_s=SHARE * figures.per_s,
        seconds=MAX_LOAD_S,
        latencies=str(testbed.home.path / "latencies.npy"),
        expected=expected,
    )


async def _read_swap_count(server: Server) -> int:
    async with create_local_client() as client:
        status = (await client.get(f"http://127.0.0.1:{server.port}/status")).json()
    return int(status["swaps"])


def _summarize(result: OpenLoopResult) -> str:
    figures = result.compute_figures()
    return (
        f"{figures.per_s:,.0f}/s, p50 {figures.p50_ms:.2f} ms, p99 {figures.p99_ms:.2f} ms, "
        f"p99.9 {figures.p999_ms:.2f} ms, {figures.failed} failed, {result.counts.mixed} mixed, "
        f"sent {result.counts.lag_p99_ms:.2f} ms late at p99"
    )
