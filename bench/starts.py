"""How soon inference answers and what it takes then: from the registry, and from its cache."""

import shutil
from statistics import median

from bench.load.request import Request
from bench.memory import Memory
from bench.progress import Step
from bench.results import Start
from bench.server import Server
from bench.stage import Stage, free_port

FROM_REGISTRY = "Baton, from the registry"
FROM_CACHE = "Baton, from its cache, registry down"
_TIMES = 3
STARTS = 2 * _TIMES


async def starts(place: Stage, step: Step) -> dict[str, Start]:
    """Starts inference several times each way; the medians."""
    cache, empty = place.home.cache, place.home.path / "empty-cache"
    nobody = f"http://127.0.0.1:{free_port()}"
    found = {}
    for name, variables in {
        FROM_REGISTRY: {"BATON_CACHE_DIR": str(empty)},
        FROM_CACHE: {"BATON_CACHE_DIR": str(cache), "MLFLOW_TRACKING_URI": nobody},
    }.items():
        seen = []
        for _ in range(_TIMES):
            shutil.rmtree(empty, ignore_errors=True)
            seen.append(await _start_once(place, place.inference(name, **variables)))
            step(f"{name}: answers after {seen[-1].seconds:.2f} s")
        found[name] = Start(
            median(each.seconds for each in seen),
            Memory(
                median(each.fresh.rss_mb for each in seen),
                median(each.fresh.pss_mb for each in seen),
            ),
        )
    return found


async def _start_once(place: Stage, server: Server) -> Start:
    try:
        probe = Request(server.port, "/predict", place.bodies.one_instance)
        seconds = await server.start(probe)
        return Start(seconds, server.memory())
    finally:
        await server.stop()
