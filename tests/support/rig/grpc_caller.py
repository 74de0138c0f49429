"""A client of the gRPC service that can send what real clients would not."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import grpc

from baton_inference.protocols.v2_grpc.messages import (
    SERVICE,
    get_request_class,
    get_response_class,
)

TIMEOUT_S = 20.0
Metadata = Sequence[tuple[str, str]]

InferRequest, InferResponse = get_request_class("ModelInfer"), get_response_class("ModelInfer")


def build_request(value: float = 1.5, **fields: Any) -> Any:
    """Builds a `ModelInferRequest` for the tiny model of `service_process`."""
    tensor = {"name": "x", "datatype": "FP64", "shape": [1], "contents": {"fp64_contents": [value]}}
    return InferRequest(**{"model_name": "churn_model", "inputs": [tensor], **fields})


class GrpcCaller(AbstractContextManager["GrpcCaller"]):
    """A channel to one server.

    Attributes:
        metadata: what followed the last answer, or the last error.
    """

    def __init__(
        self,
        address: str,
        options: Sequence[tuple[str, Any]] = (),
        trust: bytes | None = None,
    ) -> None:
        """Opens the channel; `trust` is the certificate of the server's TLS."""
        limits = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        self.channel = (
            grpc.insecure_channel(address, [*limits, *options])
            if trust is None
            else grpc.secure_channel(address, grpc.ssl_channel_credentials(trust), options)
        )
        self.metadata: dict[str, str] = {}

    def __exit__(self, *_: object) -> None:
        self.channel.close()

    def wait_until_connected(self) -> None:
        """Waits until the server listens."""
        grpc.channel_ready_future(self.channel).result(timeout=TIMEOUT_S)

    def send(
        self,
        method: str,
        data: bytes,
        metadata: Metadata = (),
        compression: grpc.Compression | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> bytes:
        """Sends bytes to a path; returns those of the answer. Raises `grpc.RpcError`."""
        call = self.channel.unary_unary(method)
        try:
            answer, done = call.with_call(
                data, timeout=timeout_s, metadata=metadata, compression=compression
            )
        except grpc.RpcError as error:
            self.metadata = dict(error.trailing_metadata() or ())
            raise
        self.metadata = dict(done.trailing_metadata())
        return bytes(answer)

    def call(self, method: str, metadata: Metadata = (), /, **fields: Any) -> Any:
        """Calls a method of V2 with a request of these fields."""
        request = get_request_class(method)(**fields)
        answer = self.send(f"/{SERVICE}/{method}", request.SerializeToString(), metadata)
        return get_response_class(method).FromString(answer)

    def infer(self, request: Any = None, **options: Any) -> Any:
        """Calls `ModelInfer`."""
        request = build_request() if request is None else request
        data = request if isinstance(request, bytes) else request.SerializeToString()
        return InferResponse.FromString(self.send(f"/{SERVICE}/ModelInfer", data, **options))
