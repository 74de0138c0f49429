"""The codec of the Open Inference Protocol, version 2, over HTTP, with the binary extension.

Each tensor is a column.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from baton_common.texts import truncate
from baton_engine.engine import Scores
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import build_missing_column, check_rows, read_columns
from baton_inference.protocols.bodies.values import check_json_values, compute_max_values
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import JSON, MediaHeaders
from baton_inference.protocols.v2.request import InferRequest, Tensor, parse_request, split_body
from baton_inference.protocols.v2.tensors import TensorDecoder, pack_texts, read_row_count
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema

BINARY = b"application/octet-stream"
LABEL, PROBABILITIES = "label", "probabilities"
OUTPUTS = (LABEL, PROBABILITIES)


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

    def __init__(self, version: ModelVersion, schema: Schema, *, max_rows: int) -> None:
        self._schema = schema
        self._decoders = {column.name: TensorDecoder(column) for column in schema.columns}
        self._max_rows = max_rows
        self._max_values = compute_max_values(len(schema.columns), max_rows)
        self._head = {"model_name": version.name, "model_version": version.version}

    def decode(self, body: bytes, media: MediaHeaders) -> V2Batch:
        """Decodes a request with JSON or binary tensors. Raises the errors of `Codec.decode`."""
        head, tail = split_body(body, media.json_length)
        check_json_values(head, self._max_values)
        request = parse_request(head)
        tensors = self._get_tensors(request)
        outputs = _select_outputs(request)
        rows = _count_rows(request)
        check_rows(rows, self._max_rows)
        if not rows:
            raise InvalidRows("the body has no rows")
        pieces = _split_binary(request, tail)

        def read(column: Column) -> Array:
            tensor = tensors.get(column.name)
            if tensor is not None:
                decoder = self._decoders[column.name]
                return decoder.decode(tensor, pieces.get(column.name), rows)
            return build_missing_column(column, rows)

        return V2Batch(rows, read_columns(self._schema, read), request.id, outputs)

    def encode(self, scores: Scores, batch: V2Batch) -> EncodedAnswer:
        """Encodes the requested outputs."""
        head = {**self._head, **({} if batch.id is None else {"id": batch.id})}
        parts = [_encode_output(name, scores, binary) for name, binary in batch.outputs.items()]
        text = msgspec.json.encode({**head, "outputs": [output for output, _ in parts]})
        if not any(batch.outputs.values()):
            return EncodedAnswer(text)
        headers = ((b"inference-header-content-length", b"%d" % len(text)),)
        return EncodedAnswer(text + b"".join(data for _, data in parts), BINARY, headers)

    def _get_tensors(self, request: InferRequest) -> dict[str, Tensor]:
        """Returns the tensors by name."""
        tensors: dict[str, Tensor] = {}
        for tensor in request.inputs:
            if tensor.name in tensors:
                raise MalformedBody(
                    f"the tensor {truncate(tensor.name)!r} occurs twice; send it once"
                )
            if tensor.name not in self._decoders:
                raise MalformedBody(
                    f"the model has no input {truncate(tensor.name)!r}; see the model's metadata"
                )
            tensors[tensor.name] = tensor
        return tensors


def describe_inputs(schema: Schema) -> list[dict[str, Any]]:
    """Describes the inputs in V2's metadata format."""
    return [
        {"name": column.name, "datatype": COLUMN_TYPES[column.type].v2, "shape": [-1]}
        for column in schema.columns
    ]


def describe_outputs(classes: int) -> list[dict[str, Any]]:
    """Describes the outputs in V2's metadata format."""
    return [
        {"name": LABEL, "datatype": "BYTES", "shape": [-1]},
        {"name": PROBABILITIES, "datatype": "FP32", "shape": [-1, classes]},
    ]


def _select_outputs(request: InferRequest) -> Mapping[str, bool]:
    """Returns the requested outputs, or all if the request names none."""
    binary = (request.parameters or {}).get("binary_data_output") is True
    if not request.outputs:
        return dict.fromkeys(OUTPUTS, binary)
    outputs: dict[str, bool] = {}
    for output in request.outputs:
        if output.name in outputs:
            raise MalformedBody(
                f"the output {truncate(output.name)!r} is requested twice; name it once"
            )
        if output.name not in OUTPUTS:
            raise MalformedBody(
                f"the model has no output {truncate(output.name)!r}; it has {' and '.join(OUTPUTS)}"
            )
        parameters = output.parameters or {}
        unsupported = parameters.keys() & {"classification", "shared_memory_region"}
        if unsupported:
            raise MalformedBody(
                f"the output parameter {min(unsupported)!r} is not supported; leave it out"
            )
        outputs[output.name] = parameters.get("binary_data", binary) is True
    return outputs


def _count_rows(request: InferRequest) -> int:
    counts = {read_row_count(tensor) for tensor in request.inputs}
    if len(counts) != 1:
        raise MalformedBody("the tensors must have the same number of rows")
    return counts.pop()


def _split_binary(request: InferRequest, tail: memoryview) -> dict[str, memoryview]:
    """Splits the binary data into the tensors' parts, which have the order of the tensors."""
    pieces = {}
    start = 0
    for tensor in request.inputs:
        size = tensor.get_binary_size()
        if size is not None:
            pieces[tensor.name] = tail[start : start + size]
            start += size
    if start != len(tail):
        raise MalformedBody(
            f"the tensors declare {start} binary bytes, but the body has {len(tail)}"
        )
    return pieces


def _encode_output(
    name: str,
    scores: Scores,
    is_binary: bool,  # noqa: FBT001
) -> tuple[dict[str, object], bytes]:
    """Encodes an output: its description, and its binary data if it is binary."""
    if name == LABEL:
        texts = [str(label) for label in scores["label"].tolist()]
        output: dict[str, object] = {"name": name, "datatype": "BYTES", "shape": [len(texts)]}
        data = pack_texts(texts) if is_binary else b""
        values: list[object] = [*texts]
    else:
        table = np.ascontiguousarray(scores["probabilities"], dtype="<f4")
        output = {"name": name, "datatype": "FP32", "shape": [*table.shape]}
        data = table.tobytes() if is_binary else b""
        values = table.ravel().tolist()
    if is_binary:
        return {**output, "parameters": {"binary_data_size": len(data)}}, data
    return {**output, "data": values}, b""
