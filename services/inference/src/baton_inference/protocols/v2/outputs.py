"""A model's outputs as V2's output tensors."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from baton_common.texts import truncate
from baton_engine.engine import Scores
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_inference.errors import MalformedBody
from baton_inference.protocols.v2.request import InferRequest
from baton_inference.protocols.v2.tensors import NUMBERS, pack_texts
from baton_registry.versions.output_schema import LABEL, Output, OutputSchema

TEXT = "BYTES"

Json = dict[str, Any]
EncodedOutput = tuple[Json, bytes]
"""An output's description, with its data in JSON; and its binary data, empty if it is in JSON."""
Encode = Callable[[Scores, bool], EncodedOutput]
"""Encodes an output of these scores. The flag says whether its data is binary."""


class Outputs:
    """The outputs of one version.

    Attributes:
        encoders: name to encoder, in order.
    """

    def __init__(self, output_schema: OutputSchema) -> None:
        self.encoders: Mapping[str, Encode] = {
            output.name: _compile_encoder(output.name, get_datatype(output, output_schema))
            for output in output_schema.outputs
        }

    def select(self, request: InferRequest) -> Mapping[str, bool]:
        """Returns each requested output, in order, to whether its data is binary.

        All outputs if the request names none.

        Raises:
            MalformedBody: an output is unknown or requested twice, or has unsupported parameters.
        """
        binary = (request.parameters or {}).get("binary_data_output") is True
        if not request.outputs:
            return dict.fromkeys(self.encoders, binary)
        outputs: dict[str, bool] = {}
        for output in request.outputs:
            if output.name in outputs:
                raise MalformedBody(
                    f"the output {truncate(output.name)!r} is requested twice; name it once"
                )
            if output.name not in self.encoders:
                raise MalformedBody(
                    f"the model has no output {truncate(output.name)!r};"
                    f" it has {' and '.join(self.encoders)}"
                )
            parameters = output.parameters or {}
            unsupported = parameters.keys() & {"classification", "shared_memory_region"}
            if unsupported:
                raise MalformedBody(
                    f"the output parameter {min(unsupported)!r} is not supported; leave it out"
                )
            outputs[output.name] = parameters.get("binary_data", binary) is True
        return outputs


def describe_outputs(output_schema: OutputSchema) -> list[Json]:
    """Describes the outputs in V2's metadata format."""
    return [
        {
            "name": output.name,
            "datatype": get_datatype(output, output_schema),
            "shape": [-1, len(output.members)] if output.members else [-1],
        }
        for output in output_schema.outputs
    ]


def get_datatype(output: Output, output_schema: OutputSchema) -> str:
    """Returns the datatype of an output. The label of a classifier is text, whatever its type."""
    if output_schema.is_classifier and output.name == LABEL:
        return TEXT
    return COLUMN_TYPES[output.type].v2


def _compile_encoder(name: str, datatype: str) -> Encode:
    if datatype == TEXT:

        def encode_texts(scores: Scores, is_binary: bool) -> EncodedOutput:  # noqa: FBT001
            texts = [str(value) for value in scores[name].tolist()]
            output: Json = {"name": name, "datatype": TEXT, "shape": [len(texts)]}
            if is_binary:
                return _add_binary(output, pack_texts(texts))
            output["data"] = texts
            return output, b""

        return encode_texts
    dtype = NUMBERS[datatype]

    def encode_numbers(scores: Scores, is_binary: bool) -> EncodedOutput:  # noqa: FBT001
        table = np.ascontiguousarray(scores[name], dtype=dtype)
        output: Json = {"name": name, "datatype": datatype, "shape": [*table.shape]}
        if is_binary:
            return _add_binary(output, table.tobytes())
        output["data"] = table.ravel().tolist()
        return output, b""

    return encode_numbers


def _add_binary(output: Json, data: bytes) -> EncodedOutput:
    return {**output, "parameters": {"binary_data_size": len(data)}}, data
