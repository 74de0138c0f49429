"""Hostile callers: keys, large messages, gzip bombs. The service stays small and goes on."""

from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import StatusCode
from grpc_health.v1 import health_pb2

from baton_inference.protocols.v2_grpc.messages import SERVICE
from tests.support.rig.grpc_caller import GrpcCaller, build_request
from tests.support.rig.service_process import Service

Started = tuple[Service, GrpcCaller]
LIMIT = 64 * 1024
BOMB_BYTES = 48 * 2**20
"""Compressed, this is within the limit."""


def read_peak_mib(service: Service) -> float:
    """Reads the peak memory of the process."""
    lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    [peak] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(peak) / 1024


def get_error(caller: GrpcCaller, request: Any, **options: Any) -> tuple[StatusCode, str]:
    """Sends a request that must fail; returns code and details."""
    with pytest.raises(grpc.RpcError) as caught:
        caller.infer(request, **options)
    return caught.value.code(), caught.value.details()


@pytest.mark.parametrize(
    ("metadata", "code"),
    [
        ((), StatusCode.UNAUTHENTICATED),
        ((("x-api-key", "wrong"),), StatusCode.UNAUTHENTICATED),
        ((("x-api-key", "{operations}"),), StatusCode.PERMISSION_DENIED),
        ((("x-api-key", "{scoring}"),), StatusCode.OK),
        ((("authorization", "Bearer {scoring}"),), StatusCode.OK),
        ((("authorization", "bearer {scoring}"),), StatusCode.OK),
    ],
)
def test_keys_travel_as_metadata(
    closed_service: Started, keys: dict[str, str], metadata: Any, code: StatusCode
) -> None:
    """Scoring and metadata need a scoring key; readiness and health need none."""
    _, caller = closed_service
    sent = [(name, value.format(**keys)) for name, value in metadata]
    methods = ("ModelInfer", "ModelMetadata", "ModelReady", "ServerMetadata")
    requests = {"ModelInfer": build_request().SerializeToString()}
    named = health_pb2.HealthCheckRequest(service="churn_model").SerializeToString()  # field 1
    for method in methods:
        try:
            caller.send(f"/{SERVICE}/{method}", requests.get(method, named), sent)
            found = StatusCode.OK
        except grpc.RpcError as error:
            found = error.code()
        assert found == code, method
    assert caller.call("ServerLive", sent).live
    assert caller.call("ServerReady", sent).ready
    request = health_pb2.HealthCheckRequest().SerializeToString()
    assert caller.send("/grpc.health.v1.Health/Check", request, sent)


def test_large_messages_are_refused(closed_service: Started, keys: dict[str, str]) -> None:
    """So is one far over the limit: the library refuses it by its header."""
    service, caller = closed_service
    key = [("x-api-key", keys["scoring"])]
    before_mib = read_peak_mib(service)
    for size, details in (
        (LIMIT + 1, f"limit of {LIMIT} bytes"),
        (BOMB_BYTES, "larger than max"),
    ):
        code, text = get_error(caller, b"\0" * size, metadata=key)
        assert code == StatusCode.RESOURCE_EXHAUSTED
        assert details in text
    assert read_peak_mib(service) - before_mib < 8
    assert caller.infer(metadata=key).model_version == "1"


def test_gzip_bomb_is_refused_in_little_memory(
    closed_service: Started, keys: dict[str, str]
) -> None:
    """The limit counts decompressed bytes; the library stops at twice the limit."""
    service, caller = closed_service
    before_mib = read_peak_mib(service)
    code, text = get_error(
        caller,
        build_request(id="0" * BOMB_BYTES),
        metadata=[("x-api-key", keys["scoring"])],
        compression=grpc.Compression.Gzip,
    )
    assert code == StatusCode.RESOURCE_EXHAUSTED
    assert text == "Decompressed message larger than max"
    assert read_peak_mib(service) - before_mib < 8
    code, text = get_error(
        caller,
        build_request(id="0" * LIMIT),
        metadata=[("x-api-key", keys["scoring"])],
        compression=grpc.Compression.Gzip,
    )
    assert code == StatusCode.RESOURCE_EXHAUSTED
    assert text == f"the body exceeds the limit of {LIMIT} bytes"


def test_other_compression_is_not_supported(closed_service: Started, keys: dict[str, str]) -> None:
    """As over REST, only gzip is."""
    _, caller = closed_service
    code, _ = get_error(
        caller,
        build_request(id="0" * 1000),
        metadata=[("x-api-key", keys["scoring"])],
        compression=grpc.Compression.Deflate,
    )
    assert code == StatusCode.UNIMPLEMENTED


def test_too_many_rows_are_refused(closed_service: Started, keys: dict[str, str]) -> None:
    """`BATON_MAX_ROWS` holds, too."""
    tensor = {"name": "x", "datatype": "FP64", "shape": [1001]}
    request = build_request(inputs=[{**tensor, "contents": {"fp64_contents": [1.0] * 1001}}])
    code, text = get_error(closed_service[1], request, metadata=[("x-api-key", keys["scoring"])])
    assert code == StatusCode.RESOURCE_EXHAUSTED
    assert "at most 1000" in text
