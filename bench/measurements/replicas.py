"""What replicas that follow one alias cost the tracking server.

Each replica is a registry client of its own, as a process of inference has one. The processor time
of the tracking server does not depend on what else the machine does, so what one server carries
follows from it.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from baton_registry.errors import AliasNotSet
from baton_registry.rest.client import RegistryClient
from baton_registry.rest.fetch import fetch
from baton_registry.rest.webhooks import build_webhook_name
from baton_registry.versions.model_version import ModelVersion
from bench.machine.usage import describe_machine, read_processor_time_s, read_usage
from bench.measurements.replica_results import Cost, ReplicaResults
from bench.output.progress import show_progress
from bench.testbed.receiver import Receiver, receive_webhooks
from bench.testbed.testbed import ALIAS, MODEL, Testbed

CANARY_ALIAS = "canary"
TIMEOUT_S = 120.0
WEBHOOKS_S = 2.0
"""The testbed's tracking server knows a new webhook after one second."""

Job = Callable[[RegistryClient], object]


@dataclass(frozen=True)
class Plan:
    """The size of the benchmark.

    Attributes:
        look_ups: look-ups of one replica, one after the other.
        replicas: replicas that do something at the same moment.
        moves: moves of the alias, one after the other.
    """

    look_ups: int = 500
    replicas: int = 100
    moves: int = 50


async def run(testbed: Testbed, plan: Plan) -> ReplicaResults:
    """Runs the benchmark against the testbed's tracking server."""
    return await asyncio.to_thread(_measure_all, testbed.tracking_uri, plan)


def _measure_all(uri: str, plan: Plan) -> ReplicaResults:
    before = read_usage()
    with show_progress(6) as step, ExitStack() as stack:
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
        move = _measure(clients[:1], lambda client: _move(client, version), plan.moves)
        step("moves without a webhook")
        receiver = stack.enter_context(_notify(clients[0]))
        notified = _measure(
            clients[:1], lambda client: _move(client, version, receiver), plan.moves
        )
        step("moves with a webhook")
    machine = describe_machine(before, read_usage())
    return ReplicaResults(
        plan.replicas, look_up, miss, herd, fetches, size, move, notified, machine
    )


@contextmanager
def _notify(client: RegistryClient) -> Iterator[Receiver]:
    """Registers a webhook for a while."""
    name = build_webhook_name(MODEL, ALIAS)
    with receive_webhooks() as receiver:
        client.webhooks.ensure(name, [receiver.url], "a secret")
        time.sleep(WEBHOOKS_S)
        try:
            yield receiver
        finally:
            client.webhooks.ensure(name, [], "a secret")


def _move(client: RegistryClient, version: ModelVersion, receiver: Receiver | None = None) -> None:
    """Sets the alias, as a promotion does, and waits for the webhook if there is one."""
    client.set_alias(MODEL, ALIAS, version.version)
    if receiver is not None:
        receiver.wait()


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
