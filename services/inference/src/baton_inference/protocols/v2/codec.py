"""The codec of the Open Inference Protocol, version 2, over HTTP, with the binary extension.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from baton_engine.engine import Scores
from baton_inference.protocols.bodies.values import check_json_values, compute_max_values
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import JSON, MediaHeaders
from baton_inference.protocols.v2.inputs import compile_inputs
from baton_inference.protocols.v2.outputs import Outputs
from baton_inference.protocols.v2.request import parse_request, split_body
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema

BINARY = b"application/octet-stream"


@dataclass(frozen=True, slots=True)
class V2Batch(ColumnBatch):
    """Rows, and the format of their answer.

    Attributes:
        id: the request's id, which the answer repeats.
        outputs: each requested output, in order, to whether its data is binary.
    """

    id: str | None
    outputs: Mapping[str, bool]


class V2Codec:
    """The codec of V2 for one version."""

    media_types: frozenset[bytes | None] = frozenset({None, JSON, BINARY})

    def __init__(
        self,
        version: ModelVersion,
        schema: Schema,
        output_schema: OutputSchema,
        *,
        max_rows: int,
    ) -> None:
        self._inputs = compile_inputs(schema, max_rows=max_rows)
        self._outputs = Outputs(output_schema)
        self._max_values = compute_max_values(len(schema.columns), max_rows)
        self._head = {"model_name": version.name, "model_version": version.version}

    def decode(self, body: bytes, media: MediaHeaders) -> V2Batch:
        """Decodes a request with JSON or binary tensors. Raises the errors of `Codec.decode`."""
        head, tail = split_body(body, media.json_length)
        check_json_values(head, self._max_values)
        request = parse_request(head)
        outputs = self._outputs.select(request)
        rows, columns = self._inputs.read(request, tail)
        return V2Batch(rows, columns, request.id, outputs)

    def encode(self, scores: Scores, batch: V2Batch) -> EncodedAnswer:
        """Encodes the requested outputs. A NaN becomes null in JSON."""
        head = {**self._head, **({} if batch.id is None else {"id": batch.id})}
        encoders = self._outputs.encoders
        parts = [encoders[name](scores, binary) for name, binary in batch.outputs.items()]
        text = msgspec.json.encode({**head, "outputs": [output for output, _ in parts]})
        if not any(batch.outputs.values()):
            return EncodedAnswer(text)
        headers = ((b"inference-header-content-length", b"%d" % len(text)),)
        return EncodedAnswer(text + b"".join(data for _, data in parts), BINARY, headers)
