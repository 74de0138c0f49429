"""The codec of `POST /predict`: decodes instances, encodes predictions."""

import msgspec

from baton_engine.engine import Scores
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import JSON, MediaHeaders
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_inference.protocols.predict.predictions import compile_predictions
from baton_inference.scoring.batch import RowBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema


class PredictCodec:
    """The codec of `/predict` for one version."""

    media_types: frozenset[bytes | None] = frozenset({JSON})

    def __init__(
        self,
        version: ModelVersion,
        schema: Schema,
        output_schema: OutputSchema,
        *,
        max_rows: int,
    ) -> None:
        self._decoder = InstancesDecoder(schema, max_rows=max_rows)
        self._build_predictions = compile_predictions(output_schema)
        head = {"model_name": version.name, "model_version": version.version}
        self._head = msgspec.json.encode(head)[:-1] + b',"predictions":'

    def decode(self, body: bytes, media: MediaHeaders) -> RowBatch:  # noqa: ARG002
        """Decodes `{"instances": […]}`. Raises the errors of `Codec.decode`."""
        rows = self._decoder.decode(body)
        return RowBatch(len(rows), rows)

    def encode(self, scores: Scores, batch: RowBatch) -> EncodedAnswer:  # noqa: ARG002
        """Encodes the answer. A NaN becomes null."""
        predictions = msgspec.json.encode(self._build_predictions(scores))
        return EncodedAnswer(self._head + predictions + b"}")
