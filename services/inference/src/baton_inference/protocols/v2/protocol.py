"""The descriptor of the Open Inference Protocol."""

from baton_inference.protocols.protocol import CodecParts, Protocol
from baton_inference.protocols.v2.codec import V2Codec
from baton_inference.protocols.v2.openapi import PATHS, describe


def _compile(parts: CodecParts) -> V2Codec:
    return V2Codec(parts.version, parts.schema, parts.output_schema, max_rows=parts.max_rows)


V2 = Protocol("v2", paths=PATHS, compile=_compile, describe=describe, companions=("/v2", "/v2/"))
