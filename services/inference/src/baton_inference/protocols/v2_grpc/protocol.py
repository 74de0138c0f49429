"""The descriptor of V2 over gRPC. It has no HTTP path: `web/grpc` serves it."""

from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.protocol import Description, Protocol
from baton_inference.protocols.v2_grpc.codec import V2GrpcCodec


def _describe(version: LiveVersion | None, max_rows: int) -> Description:  # noqa: ARG001
    return Description({})


V2_GRPC = Protocol("v2_grpc", paths=(), compile=V2GrpcCodec, describe=_describe)
