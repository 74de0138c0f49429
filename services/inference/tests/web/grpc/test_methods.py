"""The methods that score nothing: metadata, health and reflection."""

from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from grpc import StatusCode
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_reflection.v1alpha.reflection_pb2 import ServerReflectionRequest, ServerReflectionResponse

from baton_inference.protocols.v2_grpc.messages import SERVICE
from tests.support.rig.grpc_caller import GrpcCaller
from tests.support.rig.service_process import Service

Started = tuple[Service, GrpcCaller]
CHECK = "/grpc.health.v1.Health/Check"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


def test_metadata_is_that_of_rest(service: Started) -> None:
    """The server and the model describe themselves."""
    _, caller = service
    server = caller.call("ServerMetadata")
    assert (server.name, [*server.extensions]) == ("baton", [])
    assert caller.metadata["x-request-id"]
    model = caller.call("ModelMetadata", name="churn_model", version="1")
    assert (model.name, [*model.versions], model.platform) == ("churn_model", ["1"], "onnx_onnxv1")
    assert [(each.name, each.datatype, [*each.shape]) for each in model.inputs] == [
        ("x", "FP64", [-1])
    ]
    assert [(each.name, each.datatype, [*each.shape]) for each in model.outputs] == [
        ("label", "BYTES", [-1]),
        ("probabilities", "FP32", [-1, 2]),
    ]


def test_readiness_is_a_flag(service: Started) -> None:
    """Another model or version is not ready; its metadata are not found."""
    _, caller = service
    assert caller.call("ServerLive").live
    assert caller.call("ServerReady").ready
    for name, version, is_ready in (("churn_model", "", True), ("churn_model", "1", True),
                                    ("churn_model", "2", False), ("other", "", False)):  # fmt: skip
        assert caller.call("ModelReady", name=name, version=version).ready is is_ready
        if not is_ready:
            with pytest.raises(grpc.RpcError) as caught:
                caller.call("ModelMetadata", name=name, version=version)
            assert caught.value.code() == StatusCode.NOT_FOUND


@pytest.mark.parametrize("data", [b"\xff", b"\0" * 20_000])
def test_other_bytes_are_rejected(service: Started, data: bytes) -> None:
    """Without a stack trace in the log, for health checks too."""
    process, caller = service
    with pytest.raises(grpc.RpcError) as caught:
        caller.send(f"/{SERVICE}/ModelReady", data)
    assert caught.value.code() == StatusCode.INVALID_ARGUMENT
    assert caller.send(CHECK, data)
    assert "Traceback" not in process.log_file.read_text()


def test_unknown_method_is_unimplemented(service: Started) -> None:
    """Its library says so."""
    with pytest.raises(grpc.RpcError) as caught:
        service[1].send(f"/{SERVICE}/RepositoryIndex", b"")
    assert caught.value.code() == StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("name", ["", SERVICE])
def test_health(service: Started, name: str) -> None:
    """The service is healthy once it is ready."""
    _, caller = service
    request = HealthCheckRequest(service=name).SerializeToString()
    answer = HealthCheckResponse.FromString(caller.send(CHECK, request))
    assert answer.status == HealthCheckResponse.SERVING
    watch = caller.channel.unary_stream("/grpc.health.v1.Health/Watch")(request, timeout=20)
    assert HealthCheckResponse.FromString(next(watch)).status == HealthCheckResponse.SERVING
    watch.cancel()


def test_unknown_service_has_no_health(service: Started) -> None:
    """It is not found."""
    with pytest.raises(grpc.RpcError) as caught:
        service[1].send(CHECK, HealthCheckRequest(service="other").SerializeToString())
    assert caught.value.code() == StatusCode.NOT_FOUND


def reflect(caller: GrpcCaller, *requests: Any, key: str = "") -> list[Any]:
    """Asks the reflection service."""
    stream = caller.channel.stream_stream(REFLECTION)
    sent = iter([request.SerializeToString() for request in requests])
    answers = stream(sent, timeout=20, metadata=[("x-api-key", key)] if key else ())
    return [ServerReflectionResponse.FromString(answer) for answer in answers]


def test_reflection_describes_the_services(service: Started) -> None:
    """A client without the .proto can call the service."""
    services, file = reflect(
        service[1],
        ServerReflectionRequest(list_services=""),
        ServerReflectionRequest(file_containing_symbol=SERVICE),
    )
    assert {each.name for each in services.list_services_response.service} == {
        SERVICE,
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    }
    [content] = file.file_descriptor_response.file_descriptor_proto
    assert FileDescriptorProto.FromString(content).service[0].name == "GRPCInferenceService"
    for other in (
        f"{SERVICE}.ModelInfer",
        "inference.ModelInferRequest",
        "grpc.health.v1.Health",
        "grpc.reflection.v1alpha.ServerReflection",
    ):
        [answer] = reflect(service[1], ServerReflectionRequest(file_containing_symbol=other))
        assert answer.file_descriptor_response.file_descriptor_proto
    [answer] = reflect(service[1], ServerReflectionRequest(file_containing_symbol="a.b.c"))
    assert answer.error_response.error_code == StatusCode.NOT_FOUND.value[0]


def test_reflection_needs_any_key(closed_service: Started, keys: dict[str, str]) -> None:
    """Where keys are on."""
    _, caller = closed_service
    request = ServerReflectionRequest(list_services="")
    for key in keys.values():
        assert reflect(caller, request, key=key)
    with pytest.raises(grpc.RpcError) as caught:
        reflect(caller, request)
    assert caught.value.code() == StatusCode.UNAUTHENTICATED
