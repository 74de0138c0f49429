"""The health service, with real clients: one that reads, and one that never does."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from baton_inference.web.grpc import health
from baton_inference.web.grpc.health import Health

SERVING, NOT_SERVING = HealthCheckResponse.SERVING, HealthCheckResponse.NOT_SERVING
WATCH = "/grpc.health.v1.Health/Watch"
LIMIT_S = 10.0


@asynccontextmanager
async def serve(servicer: Health) -> AsyncIterator[tuple[int, health_pb2_grpc.HealthStub]]:
    """Serves; gives the port and a client. The shutdown must end in time."""
    server = aio.server()
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield port, health_pb2_grpc.HealthStub(channel)
    async with asyncio.timeout(LIMIT_S):
        await server.stop(0.1)


def run(
    servicer: Health, use: Callable[[int, health_pb2_grpc.HealthStub], Awaitable[None]]
) -> None:
    async def serve_and_use() -> None:
        async with serve(servicer) as (port, client), asyncio.timeout(LIMIT_S):
            await use(port, client)

    asyncio.run(serve_and_use())


def build_frame(kind: int, flags: int, stream: int, content: bytes) -> bytes:
    """Builds a frame of HTTP/2 (RFC 9113, 4.1)."""
    return struct.pack(">I", len(content))[1:] + struct.pack(">BBI", kind, flags, stream) + content


def open_watch_that_never_reads(port: int) -> socket.socket:
    """Opens a `Watch` whose answers have a flow-control window of 0 bytes."""
    fields = {
        ":method": "POST", ":scheme": "http", ":path": WATCH, ":authority": "localhost",
        "content-type": "application/grpc", "te": "trailers",
    }  # fmt: skip
    head = b"".join(
        bytes((0, len(name))) + name.encode() + bytes((len(value),)) + value.encode()
        for name, value in fields.items()
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        + build_frame(4, 0, 0, struct.pack(">HI", 4, 0))  # SETTINGS_INITIAL_WINDOW_SIZE
        + build_frame(4, 1, 0, b"")
        + build_frame(1, 4, 1, head)
        + build_frame(0, 1, 1, bytes(5))  # an empty message
    )
    return connection


def test_a_watcher_that_never_reads_holds_up_nobody() -> None:
    """Neither other watchers nor the status nor the shutdown."""
    servicer = Health("a.Service")

    async def use(port: int, client: health_pb2_grpc.HealthStub) -> None:
        with open_watch_that_never_reads(port):
            while not servicer.watchers:  # noqa: ASYNC110 - a counter
                await asyncio.sleep(0.01)
            watch = client.Watch(HealthCheckRequest())
            assert (await watch.read()).status == NOT_SERVING
            servicer.set_serving(is_serving=True)
            assert (await watch.read()).status == SERVING
            assert (await client.Check(HealthCheckRequest(service="a.Service"))).status == SERVING
            servicer.set_serving(is_serving=False)
            assert (await watch.read()).status == NOT_SERVING
            assert servicer.watchers == 2

    run(servicer, use)


def test_the_end_of_a_watcher_cuts_off_no_other() -> None:
    servicer = Health()

    async def use(_: int, client: health_pb2_grpc.HealthStub) -> None:
        first, second = client.Watch(HealthCheckRequest()), client.Watch(HealthCheckRequest())
        for each in (first, second):
            assert (await each.read()).status == NOT_SERVING
        first.cancel()
        while servicer.watchers > 1:  # noqa: ASYNC110 - a counter
            await asyncio.sleep(0.01)
        servicer.set_serving(is_serving=True)
        assert (await second.read()).status == SERVING

    run(servicer, use)


def test_unknown_services_and_too_many_watchers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MAX_WATCHERS", 1)

    async def use(_: int, client: health_pb2_grpc.HealthStub) -> None:
        with pytest.raises(grpc.RpcError) as unknown:
            await client.Check(HealthCheckRequest(service="no.Service"))
        assert unknown.value.code() == grpc.StatusCode.NOT_FOUND
        watch = client.Watch(HealthCheckRequest(service="no.Service"))
        assert (await watch.read()).status == HealthCheckResponse.SERVICE_UNKNOWN
        with pytest.raises(grpc.RpcError) as many:
            await client.Watch(HealthCheckRequest()).read()
        assert many.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED

    run(Health(), use)
