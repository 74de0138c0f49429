"""What replicas that follow one alias cost the tracking server.

Each replica is a registry client of its own, as a process of inference has one. The processor time
of the tracking server does not depend on what else the machine does, so what one server carries
follows from it.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from baton_registry import ModelVersion, RegistryClient
from baton_registry.errors import AliasNotSet
from baton_registry.rest.fetch import fetch
from bench.machine.usage import describe_machine, read_processor_time_s, read_usage
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import ALIAS, MODEL, Testbed

CANARY_ALIAS = "canary"
TIMEOUT_S = 120.0
BUSY = 0.5
"""The share of one processor that look-ups may take: uploads and pages need the rest."""
POLL_INTERVALS_S = (2.0, 10.0, 30.0, 60.0)

Job = Callable[[RegistryClient], object]


@dataclass(frozen=True)
class Plan:
    """The size of the benchmark.

    Attributes:
        look_ups: look-ups of one replica, one after the other.
        replicas: replicas that do something at the same moment.
    """

    look_ups: int = 500
    replicas: int = 100


@dataclass(frozen=True)
class Cost:
    """What something costs.

    Attributes:
        seconds: until all replicas have it.
        cpu_ms: processor time of the tracking server, milliseconds for each.
    """

    seconds: float
    cpu_ms: float


@dataclass
class ReplicaResults:
    """The results.

    Attributes:
        replicas: replicas at the same moment.
        look_up: one replica resolves the alias.
        miss: one replica looks up a canary, whose alias is not set.
        herd: all replicas look both aliases up at the same moment.
        fetches: all replicas fetch the same version at the same moment.
        fetched_bytes: of one fetch.
        machine: description of the machine.
    """

    replicas: int
    look_up: Cost
    miss: Cost
    herd: Cost
    fetches: Cost
    fetched_bytes: int
    machine: str


async def run(testbed: Testbed, plan: Plan) -> ReplicaResults:
    """Runs the benchmark against the testbed's tracking server."""
    return await asyncio.to_thread(_measure_all, testbed.tracking_uri, plan)


def _measure_all(uri: str, plan: Plan) -> ReplicaResults:
    before = read_usage()
    with show_progress(4) as step, ExitStack() as stack:
        clients = [
            stack.enter_context(RegistryClient(uri, timeout_s=TIMEOUT_S))
            for _ in range(plan.replicas)
        ]
        version = clients[0].resolve_alias(MODEL, ALIAS)
        size = _fetch(clients[0], version)  # warms the server up
        look_up = _measure(clients[:1], lambda client: _resolve(client, ALIAS), plan.look_ups)
        step("look-ups of an alias that is set")
        miss = _measure(clients[:1], lambda client: _resolve(client, CANARY_ALIAS), plan.look_ups)
        step("look-ups of an alias that is not set")
        herd = _measure(clients, _poll)
        step("all replicas poll at once")
        fetches = _measure(clients, lambda client: _fetch(client, version))
        step("all replicas fetch at once")
    machine = describe_machine(before, read_usage())
    return ReplicaResults(plan.replicas, look_up, miss, herd, fetches, size, machine)


def _measure(clients: list[RegistryClient], job: Job, times: int = 1) -> Cost:
    """Measures a job of all clients at the same moment, so many times each."""

    def work(client: RegistryClient) -> None:
        for _ in range(times):
            job(client)

    # The tracking server is the only child of this process.
    cpu_s, started_s = read_processor_time_s(os.getpid()), time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        for done in [pool.submit(work, client) for client in clients]:
            done.result()
    seconds = time.monotonic() - started_s
    cpu_s = read_processor_time_s(os.getpid()) - cpu_s
    return Cost(seconds, 1e3 * cpu_s / len(clients) / times)


def _resolve(client: RegistryClient, alias: str) -> None:
    try:
        client.resolve_alias(MODEL, alias)
    except AliasNotSet:
        return


def _poll(client: RegistryClient) -> None:
    """Looks both aliases up, as a process does once a poll interval."""
    _resolve(client, ALIAS)
    _resolve(client, CANARY_ALIAS)


def _fetch(client: RegistryClient, version: ModelVersion) -> int:
    """Fetches a version as inference does; returns its size in bytes."""
    with tempfile.TemporaryDirectory() as folder:
        fetched = fetch(client, version, Path(folder))
        example = len(fetched.input_example or b"")
        return len(fetched.onnx) + example


def format_tables(results: ReplicaResults) -> str:
    """Formats the tables."""
    poll_ms = results.look_up.cpu_ms + results.miss.cpu_ms
    each = [
        ["a look-up of the alias", format_number(results.look_up.cpu_ms)],
        ["a look-up of a canary's alias that is not set", format_number(results.miss.cpu_ms)],
        [f"a fetch of {results.fetched_bytes:,} bytes", format_number(results.fetches.cpu_ms)],
    ]
    carried = [
        [f"{interval_s:g} s", f"{BUSY * interval_s / poll_ms * 1e3:,.0f}"]
        for interval_s in POLL_INTERVALS_S
    ]
    herd = (
        f"{results.replicas} replicas that poll at the same moment have their answers after"
        f" {format_number(results.herd.seconds)} s; the same version, fetched by all of them at the"
        f" same moment, arrives within {format_number(results.fetches.seconds)} s."
    )
    return "\n\n".join(
        [
            format_table(["of the tracking server", "CPU ms"], each),
            format_table(
                ["poll interval", f"replicas at {100 * BUSY:.0f} % of one processor"], carried
            ),
            herd,
            f"Machine: {results.machine}.",
        ]
    )
