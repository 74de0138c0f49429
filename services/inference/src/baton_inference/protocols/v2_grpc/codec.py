"""The codec of V2's gRPC messages. It needs no gRPC: any server may carry the messages.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_grpc.md
"""

from typing import Any

import numpy as np

from baton_common.texts import truncate
from baton_engine.engine import Scores
from baton_inference.errors import MalformedBody
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.protocol import CodecParts
from baton_inference.protocols.v2.codec import V2Batch
from baton_inference.protocols.v2.inputs import compile_inputs
from baton_inference.protocols.v2.outputs import TEXT, Outputs
from baton_inference.protocols.v2.request import (
    Data,
    InferRequest,
    Output,
    Tensor,
    check_has_inputs,
    check_no_shared_memory,
)
from baton_inference.protocols.v2_grpc.messages import (
    get_request_class,
    get_response_class,
    parse_message,
)

_CONTENTS = {
    "BOOL": ("bool_contents", np.dtype(np.bool_)),
    **dict.fromkeys(("INT8", "INT16", "INT32"), ("int_contents", np.dtype(np.int32))),
    "INT64": ("int64_contents", np.dtype(np.int64)),
    **dict.fromkeys(("UINT8", "UINT16", "UINT32"), ("uint_contents", np.dtype(np.uint32))),
    "UINT64": ("uint64_contents", np.dtype(np.uint64)),
    "FP32": ("fp32_contents", np.dtype(np.float32)),
    "FP64": ("fp64_contents", np.dtype(np.float64)),
    TEXT: ("bytes_contents", None),
}
"""Datatype to the field of its values, and their numpy type."""
_Request, _Response = get_request_class("ModelInfer"), get_response_class("ModelInfer")


class V2GrpcCodec:
    """The codec of one version. The answer has raw contents if the request has."""

    media_types: frozenset[bytes | None] = frozenset({None})

    def __init__(self, parts: CodecParts) -> None:
        self._inputs = compile_inputs(parts.schema, max_rows=parts.max_rows)
        self._outputs = Outputs(parts.output_schema)
        self._names = {"model_name": parts.version.name, "model_version": parts.version.version}

    def decode(self, body: bytes, media: MediaHeaders) -> V2Batch:  # noqa: ARG002 - codecs' shape
        """Decodes a `ModelInferRequest`. Raises the errors of `Codec.decode`."""
        message = parse_message(_Request, body)
        request = _read_request(message)
        is_raw = bool(message.raw_input_contents)
        outputs = dict.fromkeys(self._outputs.select(request), is_raw)
        data = _get_raw_contents(message) if is_raw else _get_contents(message)
        rows, columns = self._inputs.read(request, data)
        return V2Batch(rows, columns, message.id, outputs)

    def encode(self, scores: Scores, batch: V2Batch) -> EncodedAnswer:
        """Encodes the requested outputs as a `ModelInferResponse`."""
        response = _Response(**self._names, id=batch.id)
        for name, is_raw in batch.outputs.items():
            output, raw = self._outputs.encoders[name](scores, is_raw)
            datatype = output["datatype"]
            tensor = response.outputs.add(name=name, datatype=datatype, shape=output["shape"])
            if is_raw:
                response.raw_output_contents.append(raw)
                continue
            values = output["data"]
            if datatype == TEXT:
                values = [text.encode() for text in values]
            getattr(tensor.contents, _CONTENTS[datatype][0]).extend(values)
        return EncodedAnswer(response.SerializeToString())


def _read_request(message: Any) -> InferRequest:
    """Reads everything but the data. Of parameters only the names matter."""
    tensors = [Tensor(each.name, [*each.shape], each.datatype) for each in message.inputs]
    outputs = [Output(each.name, dict.fromkeys(each.parameters)) for each in message.outputs]
    request = InferRequest(tensors, outputs=outputs)
    check_has_inputs(request)
    return request


def _get_raw_contents(message: Any) -> dict[str, Data]:
    raw, tensors = message.raw_input_contents, message.inputs
    if len(raw) != len(tensors):
        raise MalformedBody(
            f"the request has {len(tensors)} inputs, but {len(raw)} raw_input_contents;"
            " send one for each input"
        )
    for tensor in tensors:
        check_no_shared_memory(tensor.parameters)
        if tensor.HasField("contents"):
            raise MalformedBody(
                f"the tensor {truncate(tensor.name)!r} has contents besides raw_input_contents;"
                " send one of them"
            )
    return {tensor.name: memoryview(data) for tensor, data in zip(tensors, raw, strict=True)}


def _get_contents(message: Any) -> dict[str, Data]:
    return {tensor.name: _get_values(tensor) for tensor in message.inputs}


def _get_values(tensor: Any) -> Data:
    """Returns the values of a tensor; none if its datatype is unknown or has no field."""
    check_no_shared_memory(tensor.parameters)
    field, dtype = _CONTENTS.get(tensor.datatype, (None, None))
    if field is None:
        return ()
    contents = tensor.contents
    values = getattr(contents, field)
    if not values and (others := contents.ListFields()):
        raise MalformedBody(
            f"the tensor {truncate(tensor.name)!r} of {tensor.datatype} must have its values in"
            f" {field}, not in {others[0][0].name}"
        )
    return values if dtype is None else np.array(values, dtype)
