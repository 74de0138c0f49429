"""The descriptor of `/invocations`."""

from baton_inference.protocols.invocations.codec import InvocationsCodec
from baton_inference.protocols.invocations.openapi import describe
from baton_inference.protocols.protocol import CodecParts, Protocol


def _compile(parts: CodecParts) -> InvocationsCodec:
    return InvocationsCodec(
        parts.version, parts.schema, parts.output_schema, parts.arrow, max_rows=parts.max_rows
    )


INVOCATIONS = Protocol(
    "invocations",
    paths=("/invocations",),
    compile=_compile,
    describe=describe,
    companions=("/version",),
)
