"""The benchmark of a canary's cost.

Four inference processes run all the time; only one is under load. They differ in the alias of the
canary that they follow, so they have no canary, one that only watches, or one that answers a tenth.
Each request has another row: repeated rows are not compared.
"""

import httpx

from baton_registry.rest.client import RegistryClient
from baton_registry.versions.rollout_tags import get_weight_tag
from bench.errors import CannotRun
from bench.load.closed_loop import require_wrk
from bench.load.rounds import Scale
from bench.measurements.alternating.loads import AlternatingLoads, run_servers
from bench.measurements.alternating.results import AlternatingResults
from bench.testbed.server import Server
from bench.testbed.testbed import MODEL, Testbed

OFF, NONE, SHADOW, TENTH = "no second alias", "no canary", "shadow", "canary of 10 %"
ALIASES = {OFF: "off", NONE: "absent", SHADOW: "watching", TENTH: "answering"}
"""Each process and the alias of the canary that it follows."""
ROWS = 50_000
"""Different rows. One in five repeats one of the last 10,000 that were compared."""
STEADY_LIMIT_S = 60.0


async def run(testbed: Testbed, scale: Scale) -> AlternatingResults:
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
    results = AlternatingResults()
    async with run_servers(servers, testbed.bodies.one_instance):
        for name, server in servers.items():
            await _wait_for_canary(server, is_expected=name in {SHADOW, TENTH})
        await AlternatingLoads(servers, OFF, body, scale, _read_pairs).measure(results)
    return results


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
