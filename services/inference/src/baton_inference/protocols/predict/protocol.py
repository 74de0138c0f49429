"""The descriptor of `/predict`."""

from baton_inference.protocols.predict.codec import PredictCodec
from baton_inference.protocols.predict.openapi import describe
from baton_inference.protocols.protocol import CodecParts, Protocol


def _compile(parts: CodecParts) -> PredictCodec:
    return PredictCodec(parts.version, parts.schema, parts.output_schema, max_rows=parts.max_rows)


PREDICT = Protocol("predict", paths=("/predict",), compile=_compile, describe=describe)
