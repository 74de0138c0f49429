"""The protocol of `POST /invocations`: what `mlflow models serve` takes, and what it answers.

https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from baton_engine.engine import Engine, Scores
from baton_inference.answer import JSON
from baton_inference.codecs.codec import ColumnBatch, Encoded, score_columns
from baton_inference.codecs.csv_table import CSV, csv_frame
from baton_inference.codecs.dataframes import records_frame, split_frame
from baton_inference.codecs.document import parse_object
from baton_inference.codecs.frame import Frame
from baton_inference.codecs.tensors import TensorReader
from baton_inference.codecs.values import check_csv_values, check_json_values, max_values
from baton_inference.errors import MalformedBody
from baton_inference.media import MediaHeaders
from baton_registry.signature import Signature

Reader = Callable[[Any], Frame]
PROTOCOL = "invocations"
MLFLOW_VERSION = "3.17.2"
"""The MLflow whose scoring protocol this is."""

LANGUAGE_MODEL_KEYS = frozenset({"messages", "prompt", "input"})
"""A body with one of these is for another kind of model, whatever else it holds."""


class InvocationsCodec:
    """`/invocations` for one version."""

    media_types: frozenset[bytes | None] = frozenset({JSON, CSV})

    def __init__(self, signature: Signature, *, max_rows: int) -> None:
        self._signature = signature
        self._max_rows = max_rows
        self._max_values = max_values(len(signature.columns), max_rows)
        self._names = names = tuple(column.name for column in signature.columns)
        tensors = TensorReader(signature.columns, max_rows=max_rows)
        self._readers: dict[str, Reader] = {
            "dataframe_split": lambda data: split_frame(data, names, max_rows),
            "dataframe_records": lambda data: records_frame(data, names, max_rows),
            "instances": tensors.instances,
            "inputs": tensors.inputs,
        }

    def decode(self, body: bytes, media: MediaHeaders) -> ColumnBatch:
        """Reads JSON or CSV. Raises as `Codec.decode` says."""
        if media.media_type == CSV:
            check_csv_values(body, self._max_values)
            frame = csv_frame(body, self._names, self._max_rows)
        else:
            frame = self._json_frame(body)
        return frame.to_batch(self._signature)

    def score(self, engine: Engine, batches: Sequence[ColumnBatch]) -> Scores:
        """The scores of all batches, one after the other."""
        return score_columns(engine, batches)

    def encode(self, scores: Scores, batch: ColumnBatch) -> Encoded:  # noqa: ARG002
        """Writes the labels; all that a classifier's `predict` gives."""
        return Encoded(msgspec.json.encode({"predictions": scores.labels.tolist()}))

    def _json_frame(self, body: bytes) -> Frame:
        check_json_values(body, self._max_values)
        document = parse_object(body)
        formats = document.keys() & self._readers.keys()
        if len(formats) != 1 or document.keys() & LANGUAGE_MODEL_KEYS:
            known = ", ".join(self._readers)
            raise MalformedBody(f"the body must have exactly one of the keys {known}")
        (name,) = formats
        return self._readers[name](document[name])
