"""The benchmark of a canary's cost.

Four inference processes run all the time; only one is under load. They differ in the alias of the
canary that they follow, so they have no canary, one that only watches, or one that answers a tenth.
Each request has another row: repeated rows are not compared.
"""

from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from statistics import median

import httpx

from baton_registry import RegistryClient
from baton_registry.versions.rollout_tags import get_weight_tag
from bench.errors import CannotRun
from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.figures import Figures
from bench.load.request import Request
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.shadow.results import Measured, ShadowResults
from bench.output.progress import Step, show_progress
from bench.testbed.server import Server
from bench.testbed.testbed import MODEL, Testbed

OFF, NONE, SHADOW, TENTH = "no second alias", "no canary", "shadow", "canary of 10 %"
ALIASES = {OFF: "off", NONE: "nobody", SHADOW: "watching", TENTH: "answering"}
"""Each process and the alias of the canary that it follows."""
CONNECTIONS = 16
CALLERS = 256
"""The connections at half load. Each pauses between its requests."""
HALF = 0.5
ROWS = 50_000
"""Different rows. One in five repeats one of the last 10,000 that were compared."""
STEADY_LIMIT_S = 60.0


@dataclass(frozen=True)
class Scale:
    """The length of the benchmark: rounds, and seconds of each load."""

    rounds: int
    seconds: float


async def run(testbed: Testbed, scale: Scale) -> ShadowResults:
    """Runs the benchmark.

    Raises:
        CannotRun: a process did not load its canary.
    """
    require_wrk()
    await testbed.run(testbed.create_baton_program("training", "train"))
    with RegistryClient(testbed.tracking_uri) as registry:
        for alias in (ALIASES[SHADOW], ALIASES[TENTH]):
            registry.set_alias(MODEL, alias, "2")
    await _set_weight(testbed, ALIASES[TENTH], "10")
    body = testbed.bodies.write_instances(ROWS)
    servers = {
        name: testbed.create_inference(f"Baton, {name}", BATON_CANARY_ALIAS=alias)
        for name, alias in ALIASES.items()
    }
    requests = {name: Request(each.port, "/predict", body) for name, each in servers.items()}
    results = ShadowResults()
    with show_progress(2 * scale.rounds * len(servers)) as step:
        async with AsyncExitStack() as stack:
            for name, server in servers.items():
                stack.push_async_callback(server.stop)
                await server.start(replace(requests[name], body=testbed.bodies.one_instance))
                await _wait_for_canary(server, is_expected=name in {SHADOW, TENTH})
            start = read_usage()
            loads = _Loads(scale, results, step)
            await loads.saturate(servers, requests)
            await loads.load_by_half(servers, requests)
            machine = describe_machine(start, read_usage())
    rounds = f"medians of {scale.rounds} rounds, {scale.seconds:g} s per load"
    results.machine = f"{machine}; {rounds}"
    return results


class _Loads:
    """The loads of all processes, round by round."""

    def __init__(self, scale: Scale, results: ShadowResults, step: Step) -> None:
        self._scale = scale
        self._results = results
        self._step = step

    async def saturate(self, servers: dict[str, Server], requests: dict[str, Request]) -> None:
        """Loads each process as much as it can answer."""
        for number in range(self._scale.rounds):
            for name in _rotate([*servers], number):
                measured = await self._measure(
                    servers[name],
                    run_closed_loop(
                        requests[name], connections=CONNECTIONS, seconds=self._scale.seconds
                    ),
                )
                self._results.saturated.setdefault(name, []).append(measured)
                self._step(f"{name}, saturated: {measured.figures.per_s:,.0f}/s")

    async def load_by_half(self, servers: dict[str, Server], requests: dict[str, Request]) -> None:
        """Loads each process at half the rate that the one without a second alias can answer."""
        per_s = HALF * median(each.figures.per_s for each in self._results.saturated[OFF])
        self._results.offered_per_s = per_s
        for number in range(self._scale.rounds):
            for name in _rotate([*servers], number):
                measured = await self._measure(
                    servers[name],
                    run_closed_loop(
                        requests[name],
                        connections=CALLERS,
                        seconds=self._scale.seconds,
                        pause_ms=1e3 * CALLERS / per_s,
                    ),
                )
                self._results.half_load.setdefault(name, []).append(measured)
                self._step(f"{name}, half load: p99 {measured.figures.p99_ms:.2f} ms")

    @staticmethod
    async def _measure(server: Server, load: Awaitable[Figures]) -> Measured:
        """Runs a load; counts pairs and processor time beside it."""
        pairs, before_s = await _read_pairs(server), server.read_processor_time_s()
        figures = await load
        figures = replace(figures, cpu_s=server.read_processor_time_s() - before_s)
        return Measured(figures, (await _read_pairs(server) - pairs) / figures.seconds)


def _rotate(names: Sequence[str], by: int) -> Sequence[str]:
    """Starts each round with another process, so that none always follows the same one."""
    by %= len(names)
    return [*names[by:], *names[:by]]


async def _set_weight(testbed: Testbed, alias: str, weight: str) -> None:
    async with httpx.AsyncClient(base_url=testbed.tracking_uri) as client:
        tag = {"name": MODEL, "version": "2", "key": get_weight_tag(alias), "value": weight}
        answer = await client.post("/api/2.0/mlflow/model-versions/set-tag", json=tag)
    if answer.is_error:
        raise CannotRun(f"the weight of the canary cannot be set: {answer.text}")


async def _wait_for_canary(server: Server, *, is_expected: bool) -> None:
    """Waits until the process has loaded its canary.

    Raises:
        CannotRun: it did not, or has one that it should not have.
    """
    await server.wait_until(
        lambda status: (
            (status["canary"] is not None and status["canary"]["since"] is not None) == is_expected
        ),
        "its canary is loaded" if is_expected else "it has no canary",
        STEADY_LIMIT_S,
    )


async def _read_pairs(server: Server) -> int:
    """Reads how many pairs the process has compared."""
    canary = (await server.read_status())["canary"]
    pairs = canary and canary["pairs"]
    return pairs["counts"]["pairs"] if pairs else 0
