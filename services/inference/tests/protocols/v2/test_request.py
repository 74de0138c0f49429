"""A V2 request as it stands in the body."""

import json
from typing import Any

import pytest
from msgspec import Raw

from baton_inference.errors import MalformedBody
from baton_inference.protocols.v2.request import Tensor, parse_request, split_body

TENSOR: dict[str, Any] = {"name": "x", "shape": [1], "datatype": "FP64", "data": [1]}


def test_splits_where_the_header_says() -> None:
    """The JSON ends where the header says; without it there is nothing else."""
    for json_length, expected in ((2, (b"{}", b"abc")), (None, (b"{}abc", b""))):
        head, tail = split_body(b"{}abc", json_length)
        assert (head, bytes(tail)) == expected
    with pytest.raises(MalformedBody, match="beyond the end"):
        split_body(b"{}", 3)


def test_parses() -> None:
    """A request holds its id, its tensors and the outputs that it asks for."""
    text = json.dumps({"id": "7", "inputs": [TENSOR], "outputs": [{"name": "label"}]}).encode()
    request = parse_request(text)
    assert request.id == "7"
    assert (request.inputs[0].name, request.inputs[0].data) == ("x", Raw(b"[1]"))
    assert request.outputs is not None
    assert request.outputs[0].name == "label"


def test_ignores_what_the_protocol_does_not_know() -> None:
    """KServe's client adds `model_name`, others more, or null for what is absent."""
    odd = {"model_name": "m", "model_version": "1", "more": [{}]}
    absent = {"parameters": None}
    request = parse_request(
        json.dumps(
            {
                "inputs": [{**TENSOR, **odd, **absent}],
                "outputs": [{"name": "label", **odd, **absent}],
                "id": None,
                **odd,
                **absent,
            }
        ).encode()
    )
    assert request.inputs[0].binary_size() is None
    assert request.outputs is not None
    assert (request.id, request.parameters, request.outputs[0].parameters) == (None, None, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"inputs":[]}',
        b'{"inputs":[1]}',
        b'{"inputs":[{"name":"x"}]}',
        b'{"inputs":[{"name":"x","shape":[1.5],"datatype":"FP64"}]}',
        json.dumps({"inputs": [TENSOR], "id": 1}).encode(),
        json.dumps({"inputs": [TENSOR], "outputs": ["label"]}).encode(),
        json.dumps({"inputs": [{**TENSOR, "data": [float("nan")]}]}).encode(),
        b'{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":["\xff"]}]}',
        b'{"inputs":[{"name":"x","shape":[1],"datatype":"BYTES","data":' + b"[" * 100_000,
    ],
)
def test_refuses(body: bytes) -> None:
    """What is not JSON of V2's shape is malformed."""
    with pytest.raises(MalformedBody):
        parse_request(body)


def test_a_lone_surrogate_is_named() -> None:
    """It is not taken for a body that was cut off."""
    with pytest.raises(MalformedBody, match="has a lone surrogate"):
        parse_request(rb'{"inputs":[{"name":"\ud800","shape":[1],"datatype":"FP64","data":[1]}]}')


@pytest.mark.parametrize(
    ("parameters", "data", "size"),
    [
        ({}, Raw(b"[]"), None),
        ({"binary_data_size": 8}, None, 8),
        ({"binary_data_size": 0}, None, 0),
    ],
)
def test_binary_size(parameters: dict[str, Any], data: Raw | None, size: int | None) -> None:
    """A tensor says how many of the bytes after the JSON are its own."""
    tensor = Tensor("x", [1], "FP64", parameters, *([data] if data is not None else []))
    assert tensor.binary_size() == size


@pytest.mark.parametrize(
    ("parameters", "data"),
    [
        ({}, None),
        ({"binary_data_size": 8}, Raw(b"[]")),
        ({"binary_data_size": -1}, None),
        ({"binary_data_size": True}, None),
        ({"binary_data_size": "8"}, None),
        ({"shared_memory_region": "a"}, None),
    ],
)
def test_odd_binary_sizes(parameters: dict[str, Any], data: Raw | None) -> None:
    """Data of no kind or of both, and what is no size, are malformed."""
    tensor = Tensor("x", [1], "FP64", parameters, *([data] if data is not None else []))
    with pytest.raises(MalformedBody):
        tensor.binary_size()
