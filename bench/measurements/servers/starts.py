"""Start time and memory of inference: from the registry, and from its cache."""

import shutil
from collections.abc import Sequence
from statistics import median

from bench.load.request import Request
from bench.machine.memory import Memory
from bench.measurements.servers.results import Start
from bench.output.progress import Step
from bench.testbed.server import Server
from bench.testbed.testbed import Testbed, find_free_port

FROM_REGISTRY = "Baton, from the registry"
FROM_CACHE = "Baton, from its cache, registry down"
START_KINDS = (FROM_REGISTRY, FROM_CACHE)


async def measure_starts(testbed: Testbed, times: int, step: Step) -> dict[str, Start]:
    """Starts inference several times from registry and cache; returns the medians."""
    samples: dict[str, list[Start]] = {name: [] for name in START_KINDS}
    empty_cache = testbed.home.path / "empty-cache"
    unreachable = f"http://127.0.0.1:{find_free_port()}"
    for _ in range(times):
        shutil.rmtree(empty_cache, ignore_errors=True)
        for name, variables in {
            FROM_REGISTRY: {"BATON_CACHE_DIR": str(empty_cache)},
            FROM_CACHE: {"MLFLOW_TRACKING_URI": unreachable},
        }.items():
            server = testbed.create_inference(name, **variables)
            samples[name].append(await _start_once(testbed, server))
            step(f"{name}: answers after {samples[name][-1].seconds:.2f} s")
    return {name: _compute_median(each) for name, each in samples.items()}


def _compute_median(samples: Sequence[Start]) -> Start:
    return Start(
        median(each.seconds for each in samples),
        Memory(
            median(each.fresh.rss_mb for each in samples),
            median(each.fresh.pss_mb for each in samples),
        ),
    )


async def _start_once(testbed: Testbed, server: Server) -> Start:
    try:
        probe = Request(server.port, "/predict", testbed.bodies.one_instance)
        seconds = await server.start(probe)
        return Start(seconds, server.measure_memory())
    finally:
        await server.stop()
