"""A V2 request: its tensors, as a JSON object and the binary data after it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from baton_common.texts import truncate
from baton_engine.tables.columns import Array
from baton_inference.errors import MalformedBody
from baton_inference.protocols.bodies.json_errors import describe_json_error

Parameters = dict[str, Any] | None
"""None if absent or null."""
Data = memoryview | Sequence[bytes] | Array
"""The data of a tensor, unless it is JSON: bytes as in the binary extension, texts, or numbers."""
DATA_RULE = "send 'data' or 'binary_data_size'"


class Tensor(msgspec.Struct):
    """An input.

    Attributes:
        name: the column.
        shape: `[n]` or `[n, 1]`.
        datatype: V2's name of the type, e.g. `FP64`.
        parameters: the parameters of V2's extensions.
        data: the values, unless they are binary.
    """

    name: str
    shape: list[int]
    datatype: str
    parameters: Parameters = None
    data: Raw | UnsetType = UNSET

    def get_binary_size(self) -> int | None:
        """Returns the size of the tensor's binary data; None if its data is in the JSON.

        Raises:
            MalformedBody: the size is not a number of bytes, or the tensor has both kinds of data
                or none.
        """
        parameters = self.parameters or {}
        check_no_shared_memory(parameters)
        size = parameters.get("binary_data_size")
        if size is None:
            if self.data is UNSET:
                raise MalformedBody(f"the tensor {truncate(self.name)!r} has no data; {DATA_RULE}")
            return None
        if isinstance(size, bool) or not isinstance(size, int) or size < 0:
            raise MalformedBody("'binary_data_size' must be a whole number of bytes, at least 0")
        if self.data is not UNSET:
            name = truncate(self.name)
            raise MalformedBody(f"the tensor {name!r} has both data and binary data; send one")
        return size


class Output(msgspec.Struct):
    """A requested output."""

    name: str
    parameters: Parameters = None


class InferRequest(msgspec.Struct):
    """The JSON of a request.

    Unknown members are ignored, here and in tensors and outputs: KServe's client sends
    `model_name`.
    """

    inputs: list[Tensor]
    id: str | None = None
    parameters: Parameters = None
    outputs: list[Output] | None = None


_decoder = msgspec.json.Decoder(InferRequest)


def split_body(body: bytes, json_length: int | None) -> tuple[bytes, memoryview]:
    """Splits a body into the JSON and the binary data.

    Raises:
        MalformedBody: the declared length of the JSON is larger than the body.
    """
    view = memoryview(body)
    if json_length is None:
        return body, view[len(body) :]
    if json_length > len(body):
        raise MalformedBody(
            "Inference-Header-Content-Length is larger than the body; it must be the JSON's length"
        )
    return bytes(view[:json_length]), view[json_length:]


def parse_request(text: bytes) -> InferRequest:
    """Parses the JSON of a request.

    Raises:
        MalformedBody: the text is not JSON, or does not have V2's shape.
    """
    try:
        text.decode()  # msgspec does not check the text of a `Raw`
        request = _decoder.decode(text)
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise MalformedBody(f"the body is not a V2 request: {error}") from error
    except msgspec.DecodeError as error:
        raise MalformedBody(describe_json_error(text, error)) from error
    check_has_inputs(request)
    return request


def check_has_inputs(request: InferRequest) -> None:
    """Raises `MalformedBody` if there is no tensor."""
    if not request.inputs:
        raise MalformedBody("the request has no inputs; send a tensor for each column")


def check_no_shared_memory(parameters: Mapping[str, Any]) -> None:
    """Raises `MalformedBody` if the data of a tensor is in shared memory."""
    if "shared_memory_region" in parameters:
        raise MalformedBody("shared memory is not supported; send the data in the body")


def get_data(request: InferRequest, data: memoryview | Mapping[str, Data]) -> Mapping[str, Data]:
    """Returns the data that is not JSON, by tensor.

    Args:
        request: the tensors.
        data: the same, or the binary data of all tensors in one piece.

    Raises:
        MalformedBody: the tensors declare another number of bytes.
    """
    return split_binary(request, data) if isinstance(data, memoryview) else data


def split_binary(request: InferRequest, tail: memoryview) -> dict[str, memoryview]:
    """Splits the binary data into the tensors' parts, which have the order of the tensors.

    Raises:
        MalformedBody: the tensors declare another number of bytes.
    """
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
