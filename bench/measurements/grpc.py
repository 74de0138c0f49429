"""The benchmark of V2 over gRPC: the same row in JSON over HTTP, and over gRPC.

One process answers both. Each round measures both, with one connection and with several.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from baton_inference.protocols.v2_grpc.messages import get_request_class
from bench.load.closed_loop import require_wrk, run_closed_loop
from bench.load.figures import Figures
from bench.load.ghz import require_ghz, run_ghz
from bench.load.request import Request
from bench.load.rounds import Scale
from bench.machine.usage import describe_machine, read_usage
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import MODEL, Testbed, find_free_port

CONNECTIONS = (1, 16)
HTTP, GRPC = "V2 in JSON over HTTP", "V2 over gRPC"
_FIELDS = {"BYTES": "bytes_contents", "INT64": "int64_contents", "FP64": "fp64_contents"}
_PATH = f"/v2/models/{MODEL}/infer"

Load = Callable[[int], Awaitable[Figures]]
"""A load with this number of connections."""


@dataclass
class GrpcResults:
    """The results of a run.

    Attributes:
        rounds: by way and number of connections, the figures of each round.
        machine: description of the machine.
    """

    rounds: dict[tuple[str, int], list[Figures]] = field(default_factory=dict)
    machine: str = ""


async def run(testbed: Testbed, scale: Scale) -> GrpcResults:
    """Runs the benchmark."""
    require_wrk()
    require_ghz()
    port = find_free_port()
    server = testbed.create_inference("Baton", BATON_GRPC_PORT=str(port))
    tensors = _list_tensors(testbed.bodies.one_row)
    request = Request(server.port, _PATH, _write_json(testbed, tensors))
    message = _write_message(testbed, tensors)
    loads: dict[str, Load] = {
        HTTP: lambda count: run_closed_loop(request, connections=count, seconds=scale.seconds),
        GRPC: lambda count: run_ghz(port, message, connections=count, seconds=scale.seconds),
    }
    results = GrpcResults()
    try:
        await server.start(request)
        start = read_usage()
        with show_progress(scale.rounds * len(loads) * len(CONNECTIONS)) as step:
            for number in range(1, scale.rounds + 1):
                for count in CONNECTIONS:
                    for name, load in loads.items():
                        figures = await server.measure_load(load(count))
                        results.rounds.setdefault((name, count), []).append(figures)
                        done = f"round {number}/{scale.rounds}, {name}, {count}"
                        step(f"{done}: {figures.per_s:,.0f}/s")
        results.machine = f"{describe_machine(start, read_usage())}; {scale}"
    finally:
        await server.stop()
    return results


def _list_tensors(row: dict[str, Any]) -> list[dict[str, Any]]:
    types = {str: "BYTES", int: "INT64", float: "FP64"}
    return [
        {"name": name, "shape": [1], "datatype": types[type(value)], "data": [value]}
        for name, value in row.items()
        if value is not None
    ]


def _write_json(testbed: Testbed, tensors: list[dict[str, Any]]) -> Path:
    file = testbed.home.path / "v2.json"
    file.write_text(json.dumps({"inputs": tensors}), encoding="utf-8")
    return file


def _write_message(testbed: Testbed, tensors: list[dict[str, Any]]) -> Path:
    message = get_request_class("ModelInfer")(model_name=MODEL)
    for tensor in tensors:
        added = message.inputs.add(
            name=tensor["name"], datatype=tensor["datatype"], shape=tensor["shape"]
        )
        values = [v.encode() if isinstance(v, str) else v for v in tensor["data"]]
        getattr(added.contents, _FIELDS[tensor["datatype"]]).extend(values)
    file = testbed.home.path / "v2.binpb"
    file.write_bytes(message.SerializeToString())
    return file


def format_tables(results: GrpcResults) -> str:
    """Formats the table with its heading."""
    head = ["", "connections", "requests/s", "CPU µs a request", "p50 ms", "p99 ms", "failed"]
    rows = []
    for (name, count), rounds in results.rounds.items():
        cells = (
            median(each.per_s for each in rounds),
            median(each.cpu_us or 0.0 for each in rounds),
            median(each.p50_ms for each in rounds),
            median(each.p99_ms for each in rounds),
            sum(each.failed for each in rounds),
        )
        rows.append([name, str(count), *map(format_number, cells)])
    title = "One row per request, closed loop, one process"
    return f"### {title}\n\n{format_table(head, rows)}\n\nMachine: {results.machine}."
