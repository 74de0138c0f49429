"""The benchmark of several cores: one process of inference, and two that share the load.

A process scores on one core. Each round measures one process, then two at the same time, with the
same number of connections in all.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.figures import Figures
from bench.load.request import Request
from bench.load.rounds import Scale
from bench.machine.usage import describe_machine, read_usage
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.server import Server
from bench.testbed.testbed import Testbed

PROCESSES = 2
CONNECTIONS = 16


@dataclass
class CoresResults:
    """The results of a run.

    Attributes:
        rounds: by number of processes, the figures of all processes of each round.
        machine: description of the machine.
    """

    rounds: dict[int, list[list[Figures]]] = field(default_factory=dict)
    machine: str = ""


async def run(testbed: Testbed, scale: Scale) -> CoresResults:
    """Runs the benchmark."""
    require_wrk()
    servers = [testbed.create_inference(f"Baton {number}") for number in range(1, PROCESSES + 1)]
    results = CoresResults({1: [], PROCESSES: []})
    with show_progress(scale.rounds * 2) as step:
        async with AsyncExitStack() as stack:
            for server in servers:
                stack.push_async_callback(server.stop)
                await server.start(_create_request(testbed, server))
            start = read_usage()
            for number in range(1, scale.rounds + 1):
                for count, done in results.rounds.items():
                    done.append(await _measure(testbed, servers[:count], scale.seconds))
                    rate = f"{_sum_rates(done[-1]):,.0f}/s"
                    step(f"round {number}/{scale.rounds}, {count} at once: {rate}")
            results.machine = f"{describe_machine(start, read_usage())}; {scale}"
    return results


def _create_request(testbed: Testbed, server: Server) -> Request:
    return Request(server.port, "/predict", testbed.bodies.one_instance)


async def _measure(testbed: Testbed, servers: Sequence[Server], seconds: float) -> list[Figures]:
    """Loads some processes at the same time."""
    connections = CONNECTIONS // len(servers)

    async def measure_one(server: Server) -> Figures:
        request = _create_request(testbed, server)
        return await server.measure_load(
            run_closed_loop(request, connections=connections, seconds=seconds)
        )

    return await asyncio.gather(*map(measure_one, servers))


def _sum_rates(processes: Sequence[Figures]) -> float:
    return sum(each.per_s for each in processes)


def _compute_cpu_us(processes: Sequence[Figures]) -> float:
    return 1e6 * sum(p.cpu_s or 0 for p in processes) / max(sum(p.answered for p in processes), 1)


def format_tables(results: CoresResults) -> str:
    """Formats the table with its heading."""
    head = ["processes", "requests/s", "vs. one", "CPU µs a request", "vs. one", "p99 ms", "failed"]
    rows = []
    for count, rounds in results.rounds.items():
        pairs = [*zip(rounds, results.rounds[1], strict=True)]
        cells = (
            median(map(_sum_rates, rounds)),
            median(_sum_rates(each) / _sum_rates(one) for each, one in pairs),
            median(map(_compute_cpu_us, rounds)),
            median(_compute_cpu_us(each) / _compute_cpu_us(one) for each, one in pairs),
            median(max(process.p99_ms for process in each) for each in rounds),
            sum(process.failed for each in rounds for process in each),
        )
        rows.append([str(count), *map(format_number, cells)])
    title = f"One row per request, closed loop, {CONNECTIONS} connections in all"
    return f"### {title}\n\n{format_table(head, rows)}\n\nMachine: {results.machine}."
