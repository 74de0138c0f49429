"""How soon inference answers and what it takes then: from the registry, and from its cache."""

import shutil
from collections.abc import Sequence
from statistics import median

from bench.load.request import Request
from bench.machine.memory import Memory
from bench.measurements.servers.results import Start
from bench.output.progress import Step
from bench.testbed.server import Server
from bench.testbed.testbed import Stage, free_port

FROM_REGISTRY = "Baton, from the registry"
FROM_CACHE = "Baton, from its cache, registry down"
WAYS = (FROM_REGISTRY, FROM_CACHE)


async def starts(place: Stage, times: int, step: Step) -> dict[str, Start]:
    """Starts inference so many times each way; the medians."""
    seen: dict[str, list[Start]] = {name: [] for name in WAYS}
    empty = place.home.path / "empty-cache"
    nobody = f"http://127.0.0.1:{free_port()}"
    for _ in range(times):
        shutil.rmtree(empty, ignore_errors=True)
        for name, variables in {
            FROM_REGISTRY: {"BATON_CACHE_DIR": str(empty)},
            FROM_CACHE: {"MLFLOW_TRACKING_URI": nobody},
        }.items():
            seen[name].append(await _start_once(place, place.inference(name, **variables)))
            step(f"{name}: answers after {seen[name][-1].seconds:.2f} s")
    return {name: _median(each) for name, each in seen.items()}


def _median(seen: Sequence[Start]) -> Start:
    return Start(
        median(each.seconds for each in seen),
        Memory(
            median(each.fresh.rss_mb for each in seen),
            median(each.fresh.pss_mb for each in seen),
        ),
    )


async def _start_once(place: Stage, server: Server) -> Start:
    try:
        probe = Request(server.port, "/predict", place.bodies.one_instance)
        seconds = await server.start(probe)
        return Start(seconds, server.memory())
    finally:
        await server.stop()
