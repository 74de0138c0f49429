"""The gRPC server in a real process: start, shutdown, and what it costs if it is off."""

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from baton_inference.web.transport.server import ANSWERS_S
from tests.support.rig.garbage import COMMAND, count_garbage
from tests.support.rig.grpc_caller import GrpcCaller
from tests.support.rig.process import find_free_port
from tests.support.rig.service_process import Service, running

CLIENTS = 8
MAX_GARBAGE_PER_CALL = 20


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[Service, str]]:
    """A ready service, and its address."""
    address = f"127.0.0.1:{find_free_port()}"
    with running(tmp_path, BATON_GRPC_PORT=address.rpartition(":")[2]) as service:
        service.wait_until_ready()
        yield service, address


def test_shutdown_loses_no_call(started: tuple[Service, str]) -> None:
    """At SIGTERM, clients that keep calling get answers, until they can no longer connect."""
    service, address = started
    lost: list[grpc.RpcError] = []
    answered = threading.Semaphore(0)
    is_ending = threading.Event()

    def call_until_refused() -> None:
        # A channel of its own: gRPC would share one connection.
        with GrpcCaller(address, [("grpc.use_local_subchannel_pool", 1)]) as caller:
            while True:
                try:
                    assert caller.infer().model_version == "1"
                except grpc.RpcError as error:
                    is_refused = "connect" in error.details().lower() and is_ending.is_set()
                    lost.extend([] if is_refused else [error])
                    return
                answered.release()

    threads = [threading.Thread(target=call_until_refused) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for _ in range(50 * CLIENTS):
        assert answered.acquire(timeout=20)
    is_ending.set()
    service.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(20)
    assert [(error.code(), error.details()) for error in lost] == []
    assert service.process.wait(timeout=10) == 0
    assert "Traceback" not in service.log_file.read_text()


def test_watchers_learn_of_the_shutdown_and_do_not_delay_it(started: tuple[Service, str]) -> None:
    """A stream that watches the health gets NOT_SERVING, then its end."""
    service, address = started
    with GrpcCaller(address) as caller:
        request = HealthCheckRequest().SerializeToString()
        watch = caller.channel.unary_stream("/grpc.health.v1.Health/Watch")(request, timeout=20)
        assert HealthCheckResponse.FromString(next(watch)).status == HealthCheckResponse.SERVING
        started_s = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert HealthCheckResponse.FromString(next(watch)).status == HealthCheckResponse.NOT_SERVING
        with pytest.raises(grpc.RpcError):
            next(watch)
    assert service.process.wait(timeout=10) == 0
    assert time.monotonic() - started_s < ANSWERS_S


def test_the_largest_limit_of_bodies_starts(tmp_path: Path) -> None:
    """The library limits messages by a 32-bit integer."""
    port = find_free_port()
    values = {"BATON_GRPC_PORT": str(port), "BATON_MAX_BODY_BYTES": str(2**31)}
    with running(tmp_path, **values) as service, GrpcCaller(f"127.0.0.1:{port}") as caller:
        service.wait_until_ready()
        assert caller.infer().model_version == "1"


def test_calls_leave_little_garbage(tmp_path: Path) -> None:
    """The library leaves some cycles for each call; Baton adds none that last."""
    port, file = find_free_port(), tmp_path / "count"
    values = {"GARBAGE_FILE": str(file), "BATON_POLL_INTERVAL_S": "3600"}
    with (
        running(tmp_path, command=COMMAND, BATON_GRPC_PORT=str(port), **values) as service,
        GrpcCaller(f"127.0.0.1:{port}") as caller,
    ):
        service.wait_until_ready()
        caller.infer()
        count_garbage(service.process, file)
        for _ in range(1000):
            caller.infer()
        assert count_garbage(service.process, file) < 1000 * MAX_GARBAGE_PER_CALL
        assert count_garbage(service.process, file) < MAX_GARBAGE_PER_CALL  # nothing is kept
