"""A V2 request: its JSON and binary data."""

import json
from typing import Any

import pytest
from msgspec import Raw

from baton_inference.errors import MalformedBody
from baton_inference.protocols.v2.request import Tensor, parse_request, split_body

TENSOR: dict[str, Any] = {"name": "x", "shape": [1], "datatype": "FP64", "data": [1]}


def test_a_body_is_split_by_the_declared_length() -> None:
    """Without the header, the whole body is JSON."""
    for json_length, expected in ((2, (b"{}", b"abc")), (None, (b"{}abc", b""))):
        head, tail = split_body(b"{}abc", json_length)
        assert (head, bytes(tail)) == expected
    with pytest.raises(MalformedBody, match="larger than the body"):
        split_body(b"{}", 3)


def test_a_request_is_parsed() -> None:
    """It has an id, tensors and the requested outputs."""
    text = json.dumps({"id": "7", "inputs": [TENSOR], "outputs": [{"name": "label"}]}).encode()
    request = parse_request(text)
    assert request.id == "7"
    assert (request.inputs[0].name, request.inputs[0].data) == ("x", Raw(b"[1]"))
    assert request.outputs is not None
    assert request.outputs[0].name == "label"


def test_unknown_and_null_members_are_ignored() -> None:
    """KServe's client adds `model_name`; other clients add more, or null for absent members."""
    unknown = {"model_name": "m", "model_version": "1", "more": [{}]}
    absent = {"parameters": None}
    request = parse_request(
        json.dumps(
            {
                "inputs": [{**TENSOR, **unknown, **absent}],
                "outputs": [{"name": "label", **unknown, **absent}],
                "id": None,
                **unknown,
                **absent,
            }
        ).encode()
    )
    assert request.inputs[0].get_binary_size() is None
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
def test_other_bodies_are_malformed(body: bytes) -> None:
    """They are not JSON, or do not have V2's shape."""
    with pytest.raises(MalformedBody):
        parse_request(body)


def test_a_lone_surrogate_is_named() -> None:
    """The message does not report a truncated body."""
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
def test_binary_size_is_read(
    parameters: dict[str, Any], data: Raw | None, size: int | None
) -> None:
    """It is None if the data is in the JSON."""
    tensor = Tensor("x", [1], "FP64", parameters, *([data] if data is not None else []))
    assert tensor.get_binary_size() == size


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
def test_invalid_binary_sizes_are_malformed(parameters: dict[str, Any], data: Raw | None) -> None:
    """So are both kinds of data in one tensor, and a tensor without data."""
    tensor = Tensor("x", [1], "FP64", parameters, *([data] if data is not None else []))
    with pytest.raises(MalformedBody):
        tensor.get_binary_size()
