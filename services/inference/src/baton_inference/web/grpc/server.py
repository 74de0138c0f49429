"""The gRPC server: sockets, limits, readiness, and a shutdown that loses no call."""

import asyncio

import structlog
from grpc import aio

from baton_common.hosts import format_url_host
from baton_inference.lifecycle.live_versions import LiveVersions
from baton_inference.protocols.v2_grpc.messages import SERVICE
from baton_inference.web.grpc.health import Health
from baton_inference.web.grpc.infer import ModelInfer
from baton_inference.web.grpc.methods import Methods
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.transport.server import ANSWERS_S, FLUSH_S

MAX_STREAMS = 128
"""Open calls per connection; clients queue the others."""
MAX_IDLE_MS = 5 * 60_000
"""A connection without calls is closed after this long; clients open it again by themselves."""
KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS = 60_000, 20_000
"""An idle connection gets a ping after the first, and is closed if the second brings no reply."""
READY_TICK_S = 0.05
MAX_OPTION = 2**31 - 1
"""The library's options are 32-bit integers."""
_IDENTITY_AND_GZIP = 1 << 0 | 1 << 2

log = structlog.get_logger("baton.grpc")


class GrpcServer:
    """Serves V2 over gRPC beside the HTTP server, in its event loop."""

    def __init__(self, host: str, port: int, parts: ScoringParts, ids: RequestIds) -> None:
        self._address = host, port
        self._parts = parts
        self._ids = ids
        self._infer = ModelInfer(parts, ids)
        self._options = (
            ("grpc.so_reuseport", 0),  # else two processes could share the port unnoticed
            ("grpc.max_concurrent_streams", MAX_STREAMS),
            ("grpc.max_connection_idle_ms", MAX_IDLE_MS),
            ("grpc.keepalive_time_ms", KEEPALIVE_MS),
            ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
            # Of messages, compressed or not. `ModelInfer` has the exact limit: metrics count calls
            # that the library ends as 499.
            ("grpc.max_receive_message_length", min(2 * parts.bodies.max_bytes, MAX_OPTION)),
            ("grpc.compression_enabled_algorithms_bitset", _IDENTITY_AND_GZIP),
        )

    async def start(self) -> None:
        """Starts to serve. Raises `RuntimeError` if the port is taken."""
        host, port = self._address
        self._health = Health(SERVICE)
        methods = Methods(self._parts, self._ids, self._infer, self._health)
        self._server = aio.server(handlers=(methods,), options=self._options)
        bound = self._server.add_insecure_port(f"{format_url_host(host)}:{port}")
        await self._server.start()
        self._following = asyncio.create_task(_follow_readiness(self._health, self._parts.live))
        log.info("listening to gRPC", host=host, port=bound)

    async def stop(self) -> None:
        """Accepts no more calls, and ends after the last answer.

        The library cancels calls that it has received and not started when it stops:
        https://github.com/grpc/grpc/issues/41785. While answers are held back, clients send few new
        calls, and those that they have sent start. They get GOAWAY before their answers.
        """
        self._following.cancel()
        self._health.set_serving(is_serving=False)
        self._infer.may_answer.clear()
        await asyncio.sleep(FLUSH_S)
        stopping = asyncio.create_task(self._server.stop(ANSWERS_S))
        await asyncio.sleep(FLUSH_S)
        self._infer.may_answer.set()
        while self._infer.open_calls and not stopping.done():  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.02)
        # Streams that watch the health never end, so the library would wait for them.
        await asyncio.wait((stopping,), timeout=FLUSH_S)
        await self._server.stop(None)
        await stopping


async def _follow_readiness(servicer: Health, live: LiveVersions) -> None:
    """Reports that the service is ready once a version serves, which then never ends."""
    while live.production is None:  # noqa: ASYNC110 - the poller's thread fills the slot
        await asyncio.sleep(READY_TICK_S)
    servicer.set_serving(is_serving=True)
