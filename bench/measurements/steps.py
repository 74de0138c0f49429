"""The benchmark of the steps of one `/predict` request: `python -m bench.measurements.steps`.

It runs in a process of its own, without sockets: each step alone, then whole requests through a
connection whose transport is memory. What a server process needs beyond that are system calls, the
event loop, and processor caches that other work has filled.
"""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
import uvloop

from baton_inference.app import create_app
from baton_inference.core import Core, create_core
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.main import tune_garbage_collector
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.batcher import score_call
from baton_inference.scoring.workers import Pools
from baton_inference.settings import InferenceSettings
from baton_inference.telemetry.metrics import Metrics
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.front import Front
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.transport.connection import HttpConnection
from baton_inference.web.transport.head import encode_answer_head
from baton_inference.web.transport.reader import RequestReader
from baton_inference.web.transport.state import ServerState
from baton_registry.settings import load_settings
from bench.measurements.timing import measure_us
from bench.output.table import format_number, format_table
from bench.testbed.testbed import Testbed

CONNECTIONS = 16
TURNS = 200
REPEATS = 10
_DATE = b"Mon, 01 Jan 2024 00:00:00 GMT"


class MemoryTransport(asyncio.Transport):
    """Keeps the last answer."""

    answer: Any = b""

    def write(self, data: Any) -> None:
        """Keeps the bytes."""
        self.answer = data

    def is_closing(self) -> bool:
        """Returns False: it stays open."""
        return False


async def run(testbed: Testbed) -> str:
    """Measures version 1 in another process; returns the table."""
    command = (sys.executable, "-m", "bench.measurements.steps", str(testbed.bodies.one_instance))
    return (await testbed.read_output(testbed.create_program("steps", *command))).strip()


def build_request(body: bytes) -> bytes:
    """Builds the bytes that wrk sends."""
    head = (
        "POST /predict HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def build_steps(live: LiveVersion, body: bytes) -> Mapping[str, Callable[[], object]]:
    """Builds the steps of a request, and the score of several requests in one call."""
    reader, ids, metrics = RequestReader(), RequestIds(), Metrics()
    request, codec = build_request(body), live.codecs["predict"]

    def read() -> Any:
        reader.feed(request)
        return reader.requests.popleft()

    headers = read().headers
    media = MediaHeaders(headers)
    batch = codec.decode(body, media)
    scores = score_call(live, (batch,))
    names = build_version_headers(live.model.name, live.model.version)
    answer = Answer(200, codec.encode(scores, batch).body, headers=names)
    return {
        "parse the request": read,
        "read its headers and choose its id": lambda: (MediaHeaders(headers), ids.choose(headers)),
        "decode the body": lambda: codec.decode(body, media),
        "score it alone": lambda: score_call(live, (batch,)),
        f"score {CONNECTIONS} in one call": lambda: score_call(live, (batch,) * CONNECTIONS),
        "encode the answer": lambda: codec.encode(scores, batch),
        "encode its head": lambda: encode_answer_head(answer, "a-1", _DATE, closes=False),
        "count it": lambda: metrics.count_request("predict", 200, live.model.version, 1e-4),
    }


async def measure_whole_us(app: Front, request: bytes, connections: int) -> float:
    """Measures requests that arrive in one turn of the event loop, through their connections.

    Returns:
        The best of several repeats, for each request.

    Raises:
        AssertionError: a request was not answered with 200.
    """
    loop = asyncio.get_running_loop()
    state = ServerState(loop, app, app.arrivals, app.direct, date=_DATE)
    opened = [HttpConnection(state) for _ in range(connections)]
    transports = [MemoryTransport() for _ in opened]
    for connection, transport in zip(opened, transports, strict=True):
        connection.connection_made(transport)
    best_s = float("inf")
    for _ in range(REPEATS):
        started_s = loop.time()
        for _ in range(TURNS):
            for connection in opened:
                connection.data_received(request)
            await asyncio.sleep(0)
        best_s = min(best_s, (loop.time() - started_s) / TURNS / connections)
    if not all(transport.answer.startswith(b"HTTP/1.1 200") for transport in transports):
        raise AssertionError("a request was not answered with 200")
    return best_s * 1e6


def build_table(core: Core, app: Front, body: bytes) -> str:
    """Measures all steps; returns the table in Markdown."""
    live = core.live.production
    if live is None:
        raise AssertionError("no version serves")
    took_us = measure_us(build_steps(live, body))
    together = f"score {CONNECTIONS} in one call"
    took_us[together] /= CONNECTIONS
    request = build_request(body)
    for count in (1, CONNECTIONS):
        name = f"whole requests, {count} a turn"
        took_us[name] = uvloop.run(measure_whole_us(app, request, count))
    rows = [[name, format_number(value)] for name, value in took_us.items()]
    return format_table(["step", "µs a request"], rows)


def main(arguments: list[str]) -> None:
    """Prints the table for the one-row body in a file."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    settings = load_settings(InferenceSettings)
    core, pools = create_core(settings), Pools()
    try:
        core.watcher.poll()
        app = create_app(settings, core, pools)
        tune_garbage_collector()
        sys.stdout.write(build_table(core, app, Path(arguments[0]).read_bytes()) + "\n")
    finally:
        core.close()
        pools.close()


if __name__ == "__main__":
    main(sys.argv[1:])
