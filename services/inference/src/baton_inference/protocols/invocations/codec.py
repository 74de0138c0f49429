"""The codec of `POST /invocations`: the requests and answers of `mlflow models serve`.

https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/#inference-server-specification
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from baton_engine.engine import Scores
from baton_inference.errors import MalformedBody
from baton_inference.protocols.arrow.columnar import ArrowTable, TableReader
from baton_inference.protocols.arrow.predictions import encode_predictions
from baton_inference.protocols.bodies.document import parse_object
from baton_inference.protocols.bodies.frame import Frame
from baton_inference.protocols.bodies.values import (
    check_csv_values,
    check_json_values,
    compute_max_values,
)
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.invocations.accept import choose_media_type
from baton_inference.protocols.invocations.csv_table import CSV, read_csv
from baton_inference.protocols.invocations.dataframes import read_records, read_split
from baton_inference.protocols.invocations.matrix import MatrixReader
from baton_inference.protocols.invocations.predictions import choose_output
from baton_inference.protocols.invocations.tensors import TensorReader
from baton_inference.protocols.invocations.typed_json import TypedJson
from baton_inference.protocols.invocations.typed_matrix import TypedMatrix
from baton_inference.protocols.media import ARROW, JSON, PARQUET, MediaHeaders
from baton_inference.scoring.batch import Batch, ColumnBatch, RowBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema

Reader = Callable[[Any], Frame]
MLFLOW_VERSION = "3.17.2"
"""The MLflow version whose scoring protocol this is."""

LANGUAGE_MODEL_KEYS = frozenset({"messages", "prompt", "input"})
"""A body with one of these keys is for a language model, and is rejected."""


ANSWERS = (JSON, ARROW, PARQUET)
"""The content types of answers, the default first."""


@dataclass(frozen=True, slots=True)
class InvocationsRows(RowBatch):
    """Rows, and the format of their answer.

    Attributes:
        answer_type: one of `ANSWERS`.
    """

    answer_type: bytes


@dataclass(frozen=True, slots=True)
class InvocationsColumns(ColumnBatch):
    """Rows as columns, and the format of their answer.

    Attributes:
        answer_type: one of `ANSWERS`.
    """

    answer_type: bytes


InvocationsBatch = InvocationsRows | InvocationsColumns


class InvocationsCodec:
    """The codec of `/invocations` for one version."""

    media_types: frozenset[bytes | None] = frozenset({JSON, CSV, ARROW, PARQUET})

    def __init__(
        self,
        version: ModelVersion,
        schema: Schema,
        output_schema: OutputSchema,
        arrow: TableReader,
        *,
        max_rows: int,
    ) -> None:
        self._version = version
        self._schema = schema
        self._arrow = arrow
        self._max_rows = max_rows
        self._max_values = compute_max_values(len(schema.columns), max_rows)
        self._output = choose_output(
            output_schema, predicts_probabilities=schema.predicts_probabilities
        )
        self._typed: TypedMatrix | TypedJson
        if schema.is_matrix:
            self._typed = TypedMatrix(schema, max_rows=max_rows)
            self._readers, self._read_csv = _compile_matrix_readers(schema, max_rows)
        else:
            self._typed = TypedJson(schema, max_rows=max_rows)
            self._readers, self._read_csv = _compile_column_readers(schema, max_rows)

    def decode(self, body: bytes, media: MediaHeaders) -> InvocationsBatch:
        """Decodes JSON, CSV, Arrow or Parquet. Raises the errors of `Codec.decode`."""
        answer_type = choose_media_type(media.accept, ANSWERS) if media.accept else JSON
        typed = self._read_typed(body) if media.media_type == JSON else None
        if isinstance(typed, RowBatch):
            return InvocationsRows(typed.rows, typed.cells, answer_type)
        if typed is not None:
            return InvocationsColumns(typed.rows, typed.columns, answer_type)
        try:
            batch = self._read_table(body, media.media_type).to_batch(self._schema)
        except RecursionError as error:  # of a value that the parser has just accepted, as a text
            raise MalformedBody("the body is nested too deeply") from error
        return InvocationsColumns(batch.rows, batch.columns, answer_type)

    def encode(self, scores: Scores, batch: InvocationsBatch) -> EncodedAnswer:
        """Encodes the predictions. A NaN becomes null in JSON."""
        predictions = scores[self._output]
        if batch.answer_type != JSON:
            return encode_predictions(predictions, self._version, batch.answer_type)
        return EncodedAnswer(msgspec.json.encode({"predictions": predictions.tolist()}))

    def _read_typed(self, body: bytes) -> Batch | None:
        check_json_values(body, self._max_values)
        return self._typed.read(body)

    def _read_table(self, body: bytes, media_type: bytes | None) -> Frame | ArrowTable:
        if media_type == CSV:
            check_csv_values(body, self._max_values)
            return self._read_csv(body)
        if media_type in (ARROW, PARQUET):
            return self._arrow.read(body, media_type, self._schema.columns, self._max_rows)
        return self._read_json(body)

    def _read_json(self, body: bytes) -> Frame:
        document = parse_object(body)
        formats = document.keys() & self._readers.keys()
        if len(formats) != 1 or document.keys() & LANGUAGE_MODEL_KEYS:
            known = ", ".join(self._readers)
            raise MalformedBody(f"the body must have exactly one of the keys {known}")
        (name,) = formats
        return self._readers[name](document[name])


def _compile_column_readers(
    schema: Schema, max_rows: int
) -> tuple[Mapping[str, Reader], Callable[[bytes], Frame]]:
    """Returns the reader of each form, and of CSV, for named columns."""
    names = tuple(column.name for column in schema.columns)
    tensors = TensorReader(schema.columns, max_rows=max_rows)
    readers: dict[str, Reader] = {
        "dataframe_split": lambda data: read_split(data, names, max_rows),
        "dataframe_records": lambda data: read_records(data, names, max_rows),
        "instances": tensors.read_instances,
        "inputs": tensors.read_inputs,
    }
    return readers, lambda body: read_csv(body, names, max_rows)


def _compile_matrix_readers(
    schema: Schema, max_rows: int
) -> tuple[Mapping[str, Reader], Callable[[bytes], Frame]]:
    """Returns the reader of each form, and of CSV, for a matrix."""
    matrix = MatrixReader(schema, max_rows=max_rows)
    readers: dict[str, Reader] = {
        "dataframe_split": matrix.read_split,
        "dataframe_records": matrix.read_records,
        "instances": matrix.read_instances,
        "inputs": matrix.read_inputs,
    }
    return readers, matrix.read_csv
