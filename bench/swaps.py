"""The benchmark of the swaps: constant load while the alias moves, and every answer checked.

Phases with and without swaps take turns, at the same rate and for the same time, so that the
latencies of both can be compared. The alias is moved by the registry client on a real tracking
server; the next move comes when the answers have followed the last.
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
from baton_registry import RegistryClient
from bench.errors import CannotRun
from bench.load.checker import are_alike
from bench.load.closed_loop import closed_loop, require_wrk
from bench.load.open_loop import OpenLoop, Versions, open_loop
from bench.load.order import Order
from bench.load.request import Request
from bench.machine import description, read
from bench.progress import Step, progress
from bench.server import Server
from bench.stage import ALIAS, MODEL, Stage
from bench.swap_results import SwapResults

SHARE = 0.4
"""Of the capacity at 16 connections."""
CAPACITY_CONNECTIONS = 16
CAPACITY_S = 3.0
PER_PHASE = 20
"""Swaps in a phase: memory after so many is what memory later is compared with."""
SPACING_S = 0.25
"""From one move of the alias to the next, unless the swap takes longer."""
POLL_INTERVAL_S = 0.05
"""The shortest that inference allows."""
LEAST_PAUSE_S = 0.05
SWAP_LIMIT_S = 30.0
MOST_S = 600.0
VERSIONS = ("1", "2")


@dataclass(frozen=True)
class SwapPlan:
    """How much.

    Attributes:
        phases: with swaps, and as many without.
        per_phase: swaps in a phase; memory is weighed after each.
        estimator: of the second version.
    """

    phases: int
    per_phase: int = PER_PHASE
    estimator: str = "logistic"


class SwapBench:
    """One run at one server."""

    def __init__(self, server: Server, order: Order, registry: RegistryClient, step: Step) -> None:
        self._server = server
        self._order = order
        self._registry = registry
        self._step = step
        self._moves = itertools.cycle(reversed(VERSIONS))  # version 1 serves at the start
        self.results = SwapResults(order.per_s)

    async def run(self, plan: SwapPlan) -> None:
        """All phases."""
        results = self.results
        for number in range(1, plan.phases + 1):
            load = await open_loop(self._order, lambda seen: self._move(seen, plan.per_phase))
            results.swapping.add(load)
            swaps = number * plan.per_phase
            self._step(f"{swaps} swaps: {_text(load)}")
            results.memory[swaps] = self._server.memory()
            load = await open_loop(replace(self._order, seconds=load.seen.seconds))
            results.calm.add(load)
            self._step(f"without swaps: {_text(load)}")

    async def _move(self, versions: Versions, times: int) -> None:
        """Moves the alias under load, each time waiting for the answers to follow."""
        for _ in range(times):
            began_s, version = time.perf_counter(), next(self._moves)
            while not versions.empty():
                versions.get_nowait()
            await asyncio.to_thread(self._registry.set_alias, MODEL, ALIAS, version)
            moved_s = time.perf_counter()
            async with asyncio.timeout(SWAP_LIMIT_S):
                while await versions.get() != version:
                    pass
            now_s = time.perf_counter()
            self.results.swap_s.append(now_s - moved_s)
            # At least until the last answers of the version before have come.
            await asyncio.sleep(max(LEAST_PAUSE_S, began_s + SPACING_S - now_s))


async def run(place: Stage, plan: SwapPlan) -> SwapResults:
    """Runs it.

    Raises:
        CannotRun: something does not start, or a swap does not come.
    """
    require_wrk()
    # The same estimator would give the same model again.
    options = ("--param", "C=0.001") if plan.estimator == "logistic" else ()
    train = ("train", "--estimator", plan.estimator, *options)
    await place.run(place.baton("training of version 2", *train))
    expected = await _truth(place)
    server = place.inference("Baton", BATON_POLL_INTERVAL_S=str(POLL_INTERVAL_S))
    try:
        order = await _order(place, server, expected)
        with (
            RegistryClient(place.tracking_uri) as registry,
            progress(2 * plan.phases) as step,
        ):
            bench = SwapBench(server, order, registry, step)
            before = read()
            await bench.run(plan)
            bench.results.machine = description(before, read())
        bench.results.counted = await _counted(server)
    except TimeoutError as error:
        raise CannotRun(f"a swap did not come within {SWAP_LIMIT_S:g} s") from error
    finally:
        await server.stop()
    return bench.results


async def _truth(place: Stage) -> dict[str, Any]:
    """Version to what scikit-learn gives for the row that is posted."""
    uris = {f"models:/{MODEL}/{version}": version for version in VERSIONS}
    row = json.dumps(place.bodies.one_row)
    program = place.program("truth", sys.executable, "-m", "bench.truth", row, *uris)
    said: dict[str, Any] = json.loads(await place.output(program))
    expected = {uris[uri]: prediction for uri, prediction in said.items()}
    first, second = expected.values()
    if are_alike(first, second):
        raise CannotRun("both versions score the row alike: mixed answers would not be seen")
    return expected


async def _order(place: Stage, server: Server, expected: Mapping[str, Any]) -> Order:
    """Starts inference, measures its capacity, and says what load it gets."""
    request = Request(server.port, "/predict", place.bodies.one_instance)
    await server.start(request)
    for _ in ("warm-up", "capacity"):
        seen = await closed_loop(request, connections=CAPACITY_CONNECTIONS, seconds=CAPACITY_S)
    print_progress(f"capacity at {CAPACITY_CONNECTIONS} connections: {seen.per_s:,.0f}/s")
    return Order(
        port=request.port,
        path=request.path,
        body=str(request.body),
        per_s=SHARE * seen.per_s,
        seconds=MOST_S,
        latencies=str(place.home.path / "latencies.npy"),
        expected=expected,
    )


async def _counted(server: Server) -> int:
    async with create_local_client() as client:
        status = (await client.get(f"http://127.0.0.1:{server.port}/status")).json()
    return int(status["swaps"])


def _text(load: OpenLoop) -> str:
    seen = load.figures()
    return (
        f"{seen.per_s:,.0f}/s, p50 {seen.p50_ms:.2f} ms, p99 {seen.p99_ms:.2f} ms, "
        f"p99.9 {seen.p999_ms:.2f} ms, {seen.failed} failed, {load.seen.mixed} mixed, "
        f"sent {load.seen.lag_p99_ms:.2f} ms late at p99"
    )
