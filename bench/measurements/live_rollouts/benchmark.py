"""The benchmark of live rollouts: versions come and go under constant load.

A real tracking server, inference and controller, as `baton up` runs them. Each request has another
row, because repeated rows are not compared, and every answer is checked.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from baton_cli.processes.child import Child
from baton_cli.terminal import print_progress
from baton_registry.rest.client import RegistryClient
from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.open_loop import Versions as AnsweringVersions
from bench.load.open_loop import run_open_loop
from bench.load.plan import LoadPlan
from bench.load.request import Request
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.live_rollouts.courses import Course, iterate_courses
from bench.measurements.live_rollouts.operator import Operator
from bench.measurements.live_rollouts.results import LiveRolloutResults
from bench.measurements.live_rollouts.versions import Versions
from bench.output.progress import Step, show_progress
from bench.testbed.server import Server
from bench.testbed.testbed import MODEL, Testbed
from tests.support.rig.desk import Desk

SHARE = 0.4
"""The rate of the load, relative to the capacity at 16 connections."""
CAPACITY_CONNECTIONS = 16
PER_PHASE = 20
"""Rollouts between two measurements of memory."""
POLL_INTERVAL_S = 0.2
ROWS = 20_000
"""Different rows; a rollout compares a few thousand."""
MAX_LOAD_S = 3600.0
REGISTRY_TIMEOUT_S = 60.0
"""However busy the machine is, the operator gets an answer."""


@dataclass(frozen=True)
class RolloutPlan:
    """The length of a run.

    Attributes:
        courses: the course of each rollout.
        per_phase: rollouts between two measurements of memory.
        rows: different rows of the load.
        capacity_s: length of a capacity measurement.
        limit_s: after this time no rollout starts, however many are left.
    """

    courses: tuple[Course, ...] = field(default_factory=lambda: (*iterate_courses(200),))
    per_phase: int = PER_PHASE
    rows: int = ROWS
    capacity_s: float = 3.0
    limit_s: float = 900.0


async def run(testbed: Testbed, plan: RolloutPlan) -> LiveRolloutResults:
    """Runs the benchmark.

    Raises:
        CannotRun: a program does not start, or a rollout takes another course.
    """
    require_wrk()
    print_progress("registering the kinds of versions")
    body = testbed.bodies.write_instances(plan.rows)
    folder = testbed.home.path / "versions"
    folder.mkdir()
    desk = Desk(testbed.tracking_uri, MODEL, folder)
    versions = await asyncio.to_thread(Versions, desk, folder, body)
    async with _start_processes(testbed, body, plan.capacity_s) as (server, load_plan):
        results = LiveRolloutResults(load_plan.per_s)
        with (
            RegistryClient(testbed.tracking_uri, timeout_s=REGISTRY_TIMEOUT_S) as registry,
            show_progress(len(plan.courses)) as step,
        ):
            operator = Operator(registry, f"http://127.0.0.1:{server.port}")
            before = read_usage()
            await _run_phases(plan, versions, operator, (server, load_plan), results, step)
            results.machine = describe_machine(before, read_usage())
    return results


async def _run_phases(  # noqa: PLR0913, PLR0917 - the parts of one run
    plan: RolloutPlan,
    versions: Versions,
    operator: Operator,
    load: tuple[Server, LoadPlan],
    results: LiveRolloutResults,
    step: Step,
) -> None:
    """Runs the rollouts in phases; measures memory after each."""
    server, load_plan = load
    results.memory[0] = server.measure_memory()
    courses = iter(plan.courses)
    end_s = time.monotonic() + plan.limit_s
    while time.monotonic() < end_s and (phase := [*islice(courses, plan.per_phase)]):
        numbered = [(each, await asyncio.to_thread(versions.register, each)) for each in phase]

        async def roll_out(
            _: AnsweringVersions, numbered: list[tuple[Course, str]] = numbered
        ) -> None:
            for course, version in numbered:
                if time.monotonic() >= end_s:
                    break
                seconds = await asyncio.to_thread(operator.run, course, version)
                results.courses.setdefault(course, []).append(seconds)
                step(f"version {version}: {course.value}, {seconds:.1f} s")

        result = await run_open_loop(replace(load_plan, rows=dict(versions.rows)), roll_out)
        results.add(result)
        memory = results.memory[results.rollouts] = server.measure_memory()
        print_progress(
            f"{results.rollouts} rollouts: {len(result.latencies_s):,} answers,"
            f" {results.failed} failed, {results.mixed} mixed, {memory.rss_mb:.0f} MB"
        )


@asynccontextmanager
async def _start_processes(
    testbed: Testbed, body: Path, capacity_s: float
) -> AsyncIterator[tuple[Server, LoadPlan]]:
    """Runs inference and the controller until the block ends; measures the capacity."""
    poll = {"BATON_POLL_INTERVAL_S": str(POLL_INTERVAL_S)}
    server = testbed.create_inference("Baton", **poll)
    controller = testbed.create_baton_program(
        "controller",
        *("rollout", "run"),
        BATON_INFERENCE_URL=f"http://127.0.0.1:{server.port}",
        **poll,
    )
    child: Child | None = None
    try:
        await server.start(Request(server.port, "/predict", testbed.bodies.one_instance))
        request = Request(server.port, "/predict", body)
        for _ in ("warm-up", "capacity"):
            figures = await run_closed_loop(
                request, connections=CAPACITY_CONNECTIONS, seconds=capacity_s
            )
        print_progress(f"capacity at {CAPACITY_CONNECTIONS} connections: {figures.per_s:,.0f}/s")
        child = Child(controller, testbed.lifeline)
        yield server, _plan_load(testbed, request, SHARE * figures.per_s)
    finally:
        if child is not None:
            await child.stop()
        await server.stop()


def _plan_load(testbed: Testbed, request: Request, per_s: float) -> LoadPlan:
    return LoadPlan(
        port=request.port,
        path=request.path,
        body=str(request.body),
        per_s=per_s,
        seconds=MAX_LOAD_S,
        latencies=str(testbed.home.path / "latencies.npy"),
    )
