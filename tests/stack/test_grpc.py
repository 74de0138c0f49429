"""V2 over gRPC through the proxy: `deploy/grpc.yml` on the running stack."""

import threading
from collections.abc import Iterator

import grpc
import pytest

from tests.support.rig.grpc_caller import GrpcCaller
from tests.support.rig.process import wait_until
from tests.support.stack.containers import MODEL, Stack
from tests.support.stack.grpc_calls import build_customer_request


@pytest.fixture
def grpc_stack(stack: Stack) -> Iterator[Stack]:
    """The stack with gRPC; afterwards it is without it again."""
    files = stack.env["COMPOSE_FILE"]
    try:
        stack.env["COMPOSE_FILE"] = f"{files}:deploy/grpc.yml"
        stack.up("--no-deps", "inference", "proxy")
        yield stack
    finally:
        stack.env["COMPOSE_FILE"] = files
        stack.up("--no-deps", "inference", "proxy")


def scale(stack: Stack, count: int) -> None:
    """Sets the number of inference containers; the others keep running."""
    stack.up("--no-deps", "--no-recreate", "--scale", f"inference={count}", "inference")
    wait_until(lambda: len(stack.containers("inference")) == count, 30, f"{count} containers")


def test_no_call_fails_while_containers_come_and_go(grpc_stack: Stack) -> None:
    """The proxy balances the calls of each connection over the containers that are ready."""
    label = grpc_stack.predict()[1][0]["label"].encode()
    failed: list[str] = []
    stop = threading.Event()

    def call(request: bytes) -> None:
        with GrpcCaller(grpc_stack.grpc_address) as caller:
            while not stop.is_set():
                try:
                    [answer] = caller.infer(request).outputs[0].contents.bytes_contents
                except grpc.RpcError as error:
                    failed.append(f"{error.code()} {error.details()}")
                else:
                    failed.extend([] if answer == label else [repr(answer)])

    with GrpcCaller(grpc_stack.grpc_address) as caller:
        request = build_customer_request(caller)
        answer = caller.infer(request, metadata=(("x-request-id", "mine"),))
        assert answer.model_name == MODEL
        assert caller.metadata["x-request-id"] == "mine"
        assert caller.metadata["x-model-version"] == answer.model_version
    threads = [threading.Thread(target=call, args=(request,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for count in (2, 1):
            scale(grpc_stack, count)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failed == []
