"""The codec of the V2 protocol."""

import json
from typing import Any

import numpy as np
import pytest

from baton_inference.errors import InvalidRows, MalformedBody, TooManyRows
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.v2.codec import V2Codec
from baton_inference.protocols.v2.tensors import pack_texts
from baton_registry.versions.model_version import ModelVersion
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import OUTPUT_SCHEMAS

CODEC = V2Codec(ModelVersion("churn_model", "7"), SCHEMA, OUTPUT_SCHEMAS["binary"], max_rows=3)
X: dict[str, Any] = {"name": "x", "shape": [2], "datatype": "FP64", "data": [0.5, 1]}
N: dict[str, Any] = {"name": "n", "shape": [2, 1], "datatype": "INT64", "data": [1, 2]}
SCORES = {
    "label": np.array(["no", "yes"]),
    "probabilities": np.array([[0.75, 0.25], [0, 1]], np.float32),
}


def decode(*inputs: Any, **more: Any) -> Any:
    """Decodes a request in JSON."""
    return CODEC.decode(json.dumps({"inputs": inputs, **more}).encode(), MediaHeaders(()))


def decode_binary(head: dict[str, Any], tail: bytes) -> Any:
    """Decodes a request with binary data."""
    text = json.dumps(head).encode()
    length = str(len(text)).encode()
    return CODEC.decode(text + tail, MediaHeaders([(b"inference-header-content-length", length)]))


def test_tensors_are_read_in_any_order() -> None:
    """Each tensor is a column; an optional column may be absent."""
    batch = decode(N, X)
    assert batch.rows == 2
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        "x": [0.5, 1.0],
        "n": [1, 2],
        "note": ["", ""],
    }


def test_binary_and_json_tensors_can_be_mixed() -> None:
    """Binary data follows the JSON in the order of its tensors."""
    x = {**X, "parameters": {"binary_data_size": 16}}
    del x["data"]
    texts = pack_texts(["a", "bc"])
    note: dict[str, Any] = {"name": "note", "shape": [2], "datatype": "BYTES"}
    note["parameters"] = {"binary_data_size": len(texts)}
    batch = decode_binary({"inputs": [note, N, x]}, texts + np.array([3.0, 4.0]).tobytes())
    assert batch.columns["note"].tolist() == ["a", "bc"]
    assert batch.columns["x"].tolist() == [3.0, 4.0]
    for tail in (b"", texts, texts + bytes(17)):
        with pytest.raises(MalformedBody):
            decode_binary({"inputs": [note, N, x]}, tail)


@pytest.mark.parametrize(
    ("inputs", "more", "message"),
    [
        ([X, X, N], {}, "'x' occurs twice"),
        ([X, N, {**X, "name": "other"}], {}, "no input 'other'"),
        ([{**X, "shape": [1], "data": [1]}, N], {}, "same number of rows"),
        ([X, N], {"outputs": [{"name": "other"}]}, "no output 'other'"),
        ([X, N], {"outputs": [{"name": "label"}] * 2}, "requested twice"),
        (
            [X, N],
            {"outputs": [{"name": "label", "parameters": {"classification": 1}}]},
            "not supported",
        ),
    ],
)
def test_unknown_duplicate_and_uneven_tensors_are_malformed(
    inputs: list[Any], more: dict[str, Any], message: str
) -> None:
    """So are unknown, duplicate and unsupported outputs."""
    with pytest.raises(MalformedBody, match=message):
        decode(*inputs, **more)


def test_bad_rows_are_named() -> None:
    """The error names a missing tensor and bad values together."""
    with pytest.raises(InvalidRows) as caught:
        decode({**N, "data": [1, 1.5]})
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(0, "x"), (1, "n")]


def test_no_rows_and_too_many_rows_are_refused() -> None:
    """Too many rows outrank bad rows."""
    with pytest.raises(InvalidRows, match="no rows"):
        decode({**X, "shape": [0], "data": []}, {**N, "shape": [0], "data": []})
    with pytest.raises(TooManyRows):
        decode({**X, "shape": [4], "data": ["bad"]})


def test_the_default_answer_is_json() -> None:
    """It has both outputs and the request's id."""
    encoded = CODEC.encode(SCORES, decode(X, N, id="seven"))
    assert (encoded.media_type, encoded.headers) == (b"application/json", ())
    assert json.loads(encoded.body) == {
        "model_name": "churn_model",
        "model_version": "7",
        "id": "seven",
        "outputs": [
            {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["no", "yes"]},
            {
                "name": "probabilities",
                "datatype": "FP32",
                "shape": [2, 2],
                "data": [0.75, 0.25, 0.0, 1.0],
            },
        ],
    }
    assert "id" not in json.loads(CODEC.encode(SCORES, decode(X, N)).body)


@pytest.mark.parametrize(
    ("more", "binary"),
    [
        ({"parameters": {"binary_data_output": True}}, {"label", "probabilities"}),
        (
            {
                "outputs": [
                    {"name": "probabilities", "parameters": {"binary_data": True}},
                    {"name": "label"},
                ]
            },
            {"probabilities"},
        ),
        (
            {
                "parameters": {"binary_data_output": True},
                "outputs": [
                    {"name": "label"},
                    {"name": "probabilities", "parameters": {"binary_data": False}},
                ],
            },
            {"label"},
        ),
    ],
)
def test_requested_outputs_are_binary(more: dict[str, Any], binary: set[str]) -> None:
    """The header is the length of the JSON before them."""
    encoded = CODEC.encode(SCORES, decode(X, N, **more))
    ((name, length),) = encoded.headers
    assert (name, encoded.media_type) == (
        b"inference-header-content-length",
        b"application/octet-stream",
    )
    head, tail = json.loads(encoded.body[: int(length)]), encoded.body[int(length) :]
    expected = {
        "label": pack_texts(["no", "yes"]),
        "probabilities": SCORES["probabilities"].tobytes(),
    }
    for output in head["outputs"]:
        assert ("data" in output) == (output["name"] not in binary)
        if output["name"] in binary:
            size = output["parameters"]["binary_data_size"]
            assert tail[:size] == expected[output["name"]]
            tail = tail[size:]
    assert tail == b""


def test_only_requested_outputs_are_answered() -> None:
    encoded = CODEC.encode(SCORES, decode(X, N, outputs=[{"name": "label"}]))
    assert [output["name"] for output in json.loads(encoded.body)["outputs"]] == ["label"]


def test_labels_are_texts() -> None:
    """A label of another type becomes a string, like the keys of `/predict`."""
    scores = {"label": np.array([True, False]), "probabilities": SCORES["probabilities"]}
    encoded = CODEC.encode(scores, decode(X, N, outputs=[{"name": "label"}]))
    assert json.loads(encoded.body)["outputs"][0]["data"] == ["True", "False"]
