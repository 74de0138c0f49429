"""The codec of V2's gRPC messages, without gRPC. The rules of tensors are those of REST."""

from typing import Any

import numpy as np
import pytest

from baton_inference.errors import InvalidRows, MalformedBody, TooManyRows
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.protocol import CodecParts
from baton_inference.protocols.v2.tensors import pack_texts
from baton_inference.protocols.v2_grpc.codec import V2GrpcCodec
from baton_inference.protocols.v2_grpc.messages import get_request_class, get_response_class
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import Task
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.live_version import InProcessReader
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import MATRIX, OUTPUT_SCHEMAS, SCORES

Request, Response = get_request_class("ModelInfer"), get_response_class("ModelInfer")
X = {"name": "x", "shape": [2], "datatype": "FP64", "contents": {"fp64_contents": [0.5, 1]}}
N = {"name": "n", "shape": [2, 1], "datatype": "INT64", "contents": {"int64_contents": [1, 2]}}
NOTE = {
    "name": "note",
    "shape": [2],
    "datatype": "BYTES",
    "contents": {"bytes_contents": [b"a", b"b"]},
}
RAW = {
    "x": np.array([0.5, 1]).tobytes(),
    "n": np.array([1, 2]).tobytes(),
    "note": pack_texts(["a", "b"]),
}


def make_codec(schema: Schema = SCHEMA, task: Task = "binary") -> V2GrpcCodec:
    version = ModelVersion("churn_model", "7")
    return V2GrpcCodec(CodecParts(version, schema, OUTPUT_SCHEMAS[task], InProcessReader(), 3))


CODEC = make_codec()


def decode(*inputs: Any, codec: V2GrpcCodec = CODEC, **more: Any) -> Any:
    """Decodes a request."""
    return codec.decode(Request(inputs=inputs, **more).SerializeToString(), MediaHeaders(()))


def strip(tensor: dict[str, Any]) -> dict[str, Any]:
    """Removes the contents."""
    return {key: value for key, value in tensor.items() if key != "contents"}


@pytest.mark.parametrize("is_raw", [False, True])
def test_tensors_are_read_in_any_order(*, is_raw: bool) -> None:
    """Contents are typed, or raw in the order of the inputs; an optional column may be absent."""
    tensors = [N, NOTE, X]
    if is_raw:
        raw = [RAW[str(tensor["name"])] for tensor in tensors]
        batch = decode(*map(strip, tensors), raw_input_contents=raw)
        short = decode(*map(strip, [N, X]), raw_input_contents=[RAW["n"], RAW["x"]])
    else:
        batch, short = decode(*tensors), decode(N, X)
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        "x": [0.5, 1.0],
        "n": [1, 2],
        "note": ["a", "b"],
    }
    assert short.columns["note"].tolist() == ["", ""]
    assert batch.outputs == {"label": is_raw, "probabilities": is_raw}


@pytest.mark.parametrize(
    ("datatype", "contents"),
    [
        ("INT8", {"int_contents": [-3, 4]}),
        ("INT16", {"int_contents": [-3, 4]}),
        ("INT32", {"int_contents": [-3, 4]}),
        ("INT64", {"int64_contents": [-3, 4]}),
        ("FP32", {"fp32_contents": [-3, 4]}),
        ("FP64", {"fp64_contents": [-3, 4]}),
    ],
)
@pytest.mark.parametrize("column", ["long", "double", "float", "integer"])
def test_numbers_of_every_field_are_read(
    datatype: str, contents: dict[str, Any], column: Any
) -> None:
    """A column of numbers accepts the values that it can hold, of every datatype."""
    codec = make_codec(Schema((Column("v", column),), classes=("no", "yes")))
    tensor = {"name": "v", "shape": [2], "datatype": datatype, "contents": contents}
    assert decode(tensor, codec=codec).columns["v"].tolist() == [-3, 4]


@pytest.mark.parametrize(
    ("datatype", "contents"),
    [
        ("UINT8", {"uint_contents": [3, 4]}),
        ("UINT32", {"uint_contents": [3, 4]}),
        ("UINT64", {"uint64_contents": [3, 4]}),
    ],
)
def test_unsigned_numbers_are_read(datatype: str, contents: dict[str, Any]) -> None:
    """They are numbers, too."""
    tensor = {"name": "n", "shape": [2], "datatype": datatype, "contents": contents}
    assert decode(X, tensor).columns["n"].tolist() == [3, 4]


def test_booleans_are_read() -> None:
    """A column of booleans accepts only its own datatype."""
    codec = make_codec(Schema((Column("v", "boolean"),), classes=("no", "yes")))
    tensor = {"name": "v", "shape": [2], "datatype": "BOOL"}
    batch = decode({**tensor, "contents": {"bool_contents": [True, False]}}, codec=codec)
    assert batch.columns["v"].tolist() == [True, False]
    assert decode(tensor, codec=codec, raw_input_contents=[b"\1\0"]).columns["v"].tolist() == [
        True,
        False,
    ]
    with pytest.raises(InvalidRows):
        decode({**X, "name": "v"}, codec=codec)


def test_a_matrix_is_one_tensor() -> None:
    """Its values are in row-major order."""
    values = [1.0, 2.5, -3.0, 4.0, 0.0, 1e300]
    tensor = {"name": "input", "shape": [2, 3], "datatype": "FP64"}
    codec = make_codec(MATRIX, "regression")
    typed = decode({**tensor, "contents": {"fp64_contents": values}}, codec=codec)
    raw = decode(tensor, codec=codec, raw_input_contents=[np.array(values).tobytes()])
    for batch in (typed, raw):
        assert [batch.columns[name].tolist() for name in "012"] == [
            [1.0, 4.0],
            [2.5, 0.0],
            [-3.0, 1e300],
        ]


MALFORMED: list[tuple[list[Any], dict[str, Any], str]] = [
    ([], {}, "no inputs"),
    ([X, X, N], {}, "'x' occurs twice"),
    ([X, N, {**X, "name": "other"}], {}, "no input 'other'"),
    ([{**X, "shape": [1], "contents": {"fp64_contents": [1]}}, N], {}, "same number of rows"),
    ([{**X, "shape": []}, N], {}, r"must be \[n\]"),
    ([{**X, "shape": [2, 2]}, N], {}, r"must be \[n\]"),
    ([{**X, "shape": [-1]}, N], {}, r"must be \[n\]"),
    ([{**X, "contents": {"fp64_contents": [1]}}, N], {}, "1 values, but its shape requires 2"),
    ([{**X, "contents": {"fp32_contents": [1, 2]}}, N], {}, "fp64_contents, not in fp32_contents"),
    ([strip(X), N], {}, "0 values, but its shape requires 2"),
    ([{**strip(X), "datatype": "FP16"}, N], {}, "0 values"),
    ([{**X, "datatype": "FP8"}, N], {}, "unknown datatype 'FP8'"),
    (
        [X, N, {**NOTE, "contents": {"bytes_contents": [b"\xff", b""]}}],
        {},
        "not UTF-8",
    ),
    ([X, N], {"outputs": [{"name": "other"}]}, "no output 'other'"),
    ([X, N], {"outputs": [{"name": "label"}] * 2}, "requested twice"),
    (
        [X, N],
        {"outputs": [{"name": "label", "parameters": {"classification": {"int64_param": 1}}}]},
        "'classification' is not supported",
    ),
    (
        [{**X, "parameters": {"shared_memory_region": {"string_param": "r"}}}, N],
        {},
        "shared memory is not supported",
    ),
    ([strip(X), strip(N)], {"raw_input_contents": [RAW["x"]]}, "2 inputs, but 1 raw"),
    ([X, strip(N)], {"raw_input_contents": [RAW["x"], RAW["n"]]}, "contents besides"),
    ([strip(X), strip(N)], {"raw_input_contents": [RAW["x"], b"123"]}, "3 bytes"),
    ([strip(X), strip(N)], {"raw_input_contents": [RAW["x"] + b"1", RAW["n"]]}, "17 bytes"),
    (
        [strip(X), strip(N), strip(NOTE)],
        {"raw_input_contents": [RAW["x"], RAW["n"], b"\xff\xff\xff\xff"]},
        "truncated",
    ),
    (
        [strip({**X, "parameters": {"shared_memory_region": {"string_param": "r"}}}), strip(N)],
        {"raw_input_contents": [RAW["x"], RAW["n"]]},
        "shared memory is not supported",
    ),
]


@pytest.mark.parametrize(("inputs", "more", "message"), MALFORMED)
def test_wrong_shapes_are_malformed(inputs: list[Any], more: dict[str, Any], message: str) -> None:
    """Each message names what is wrong."""
    with pytest.raises(MalformedBody, match=message):
        decode(*inputs, **more)


def test_bad_cells_are_named() -> None:
    """A missing column, a datatype that does not fit, and a value out of range are bad cells."""
    huge = {**X, "name": "n", "contents": {"fp64_contents": [1.5, 1e300]}}
    with pytest.raises(InvalidRows) as caught:
        decode(huge, {**N, "name": "note"})
    cells = [(cell.row, cell.column) for cell in caught.value.cells]
    assert cells == [(0, "x"), (0, "n"), (0, "note"), (1, "n")]


def test_too_many_rows_outrank_bad_rows() -> None:
    """The limit is checked before the cells."""
    texts = {"bytes_contents": [b"a"] * 4}
    with pytest.raises(TooManyRows):
        decode({**X, "shape": [4], "contents": {"fp64_contents": [1e999] * 4}})
    with pytest.raises(InvalidRows, match="no rows"):
        decode({**X, "shape": [0], "contents": {}})
    with pytest.raises(TooManyRows):
        decode({**NOTE, "shape": [4], "contents": texts})


@pytest.mark.parametrize("task", OUTPUT_SCHEMAS)
@pytest.mark.parametrize("is_raw", [False, True])
def test_answer_has_the_form_of_the_request(task: Task, *, is_raw: bool) -> None:
    """Both forms have the values of the scores."""
    codec, scores = make_codec(task=task), SCORES[task]
    tensors = [X, N]
    raw = [RAW["x"], RAW["n"]] if is_raw else []
    batch = decode(
        *(map(strip, tensors) if is_raw else tensors),
        codec=codec,
        raw_input_contents=raw,
        id="seven",
    )
    encoded = codec.encode(scores, batch)
    answer = Response.FromString(encoded.body)
    assert (answer.model_name, answer.model_version, answer.id) == ("churn_model", "7", "seven")
    assert [output.name for output in answer.outputs] == [*scores]
    assert len(answer.raw_output_contents) == (len(scores) if is_raw else 0)
    for number, output in enumerate(answer.outputs):
        expected = scores[output.name]
        is_text = output.datatype == "BYTES"
        assert [*output.shape] == [*expected.shape]
        assert output.HasField("contents") is not is_raw
        if is_raw and is_text:
            values = pack_texts([str(value) for value in expected.tolist()])
            assert answer.raw_output_contents[number] == values
        elif is_raw:
            assert answer.raw_output_contents[number] == expected.tobytes()
        else:
            ((_, values),) = output.contents.ListFields()
            texts = [str(value).encode() for value in expected.ravel().tolist()]
            assert [*values] == (texts if is_text else expected.ravel().tolist())


def test_requested_outputs_are_answered_in_their_order() -> None:
    """Only these."""
    batch = decode(X, N, outputs=[{"name": "probabilities"}, {"name": "label"}])
    answer = Response.FromString(CODEC.encode(SCORES["binary"], batch).body)
    assert [output.name for output in answer.outputs] == ["probabilities", "label"]
    assert answer.id == ""
