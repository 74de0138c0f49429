"""V2's input tensors, for columns and for a matrix."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from baton_inference.errors import InvalidRows, MalformedBody, TooManyRows
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.v2.codec import V2Codec
from baton_inference.protocols.v2.inputs import describe_inputs
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.models import SCHEMA
from tests.support.fakes.task_models import MATRIX, NAMED_TENSOR

ROWS = [[1.0, 2.5, -3.0], [4.0, 0.0, 1e300]]
FLAT = [*ROWS[0], *ROWS[1]]
INPUT: dict[str, Any] = {"name": "input", "shape": [2, 3], "datatype": "FP64", "data": FLAT}


def decode(*inputs: dict[str, Any], schema: Schema = MATRIX, tail: bytes = b"") -> Any:
    """Decodes a request; `tail` is binary data."""
    codec = V2Codec(ModelVersion("m", "1"), schema, OutputSchema("regression"), max_rows=2)
    text = json.dumps({"inputs": inputs}).encode()
    length = (b"inference-header-content-length", b"%d" % len(text))
    return codec.decode(text + tail, MediaHeaders([length] if tail else ()))


def list_rows(batch: Any) -> list[list[float]]:
    """Lists the rows of a batch."""
    return [[*row] for row in zip(*(each.tolist() for each in batch.columns.values()), strict=True)]


def test_metadata_describes_the_inputs() -> None:
    """Columns have the schema's order; a matrix is one tensor with a name."""
    assert describe_inputs(SCHEMA) == [
        {"name": "x", "datatype": "FP64", "shape": [-1]},
        {"name": "n", "datatype": "INT64", "shape": [-1]},
        {"name": "note", "datatype": "BYTES", "shape": [-1]},
    ]
    assert describe_inputs(MATRIX) == [{"name": "input", "datatype": "FP64", "shape": [-1, 3]}]
    assert describe_inputs(NAMED_TENSOR)[0]["name"] == "pixels"


@pytest.mark.parametrize("data", [FLAT, ROWS])
def test_a_matrix_is_one_tensor(data: Any) -> None:
    """Its data is flat or a list of rows."""
    batch = decode({**INPUT, "data": data})
    assert (batch.rows, [*batch.columns]) == (2, ["0", "1", "2"])
    assert list_rows(batch) == ROWS
    assert decode({**INPUT, "name": "pixels", "data": data}, schema=NAMED_TENSOR).rows == 2


@pytest.mark.parametrize(
    ("datatype", "dtype"), [("FP64", "<f8"), ("FP32", "<f4"), ("INT16", "<i2")]
)
def test_binary_data_has_any_number_type(datatype: str, dtype: str) -> None:
    """The values become the type of the model's tensor."""
    values = np.array([[1, 2, -3], [4, 0, 100]], dtype)
    tensor: dict[str, Any] = {"name": "input", "shape": [2, 3], "datatype": datatype}
    tensor["parameters"] = {"binary_data_size": values.nbytes}
    batch = decode(tensor, tail=values.tobytes())
    assert list_rows(batch) == values.tolist()
    assert {each.dtype for each in batch.columns.values()} == {np.dtype(np.float64)}
    with pytest.raises(MalformedBody):
        decode({**tensor, "shape": [1, 3]}, tail=values.tobytes())


@pytest.mark.parametrize("shape", [[], [6], [3, 2], [2, 3, 1], [-1, 3]])
def test_the_error_names_the_expected_shape(shape: list[int]) -> None:
    with pytest.raises(MalformedBody, match=r"must be \[n, 3\]"):
        decode({**INPUT, "shape": shape})


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([{**INPUT, "name": "x"}], r"one tensor 'input' of shape \[n, 3\]"),
        ([INPUT, INPUT], "one tensor"),
        ([{**INPUT, "data": FLAT[:5]}], "has 5 values, but its shape requires 6"),
        ([{**INPUT, "data": [FLAT[:2], FLAT[2:]]}], "row 0 of a tensor has 2 values, not 3"),
        ([{**INPUT, "datatype": "FP8"}], "unknown datatype"),
        ([{key: INPUT[key] for key in ("name", "shape", "datatype")}], "no data"),
    ],
)
def test_other_tensors_are_malformed(inputs: list[Any], message: str) -> None:
    with pytest.raises(MalformedBody, match=message):
        decode(*inputs)


@pytest.mark.parametrize("data", [[1, 2, 3, 4, "SECRET", None], [[1, 2, 3], [4, "SECRET", None]]])
def test_a_bad_cell_is_named_by_row_and_column(data: Any) -> None:
    with pytest.raises(InvalidRows) as caught:
        decode({**INPUT, "data": data})
    assert [(cell.row, cell.column, cell.message) for cell in caught.value.cells] == [
        (1, "1", "must be a number, not text"),
        (1, "2", "must be a number; the column is required, null is not allowed"),
    ]


def test_rows_are_limited() -> None:
    """Too many rows outrank bad rows."""
    with pytest.raises(TooManyRows):
        decode({**INPUT, "shape": [3, 3], "data": ["bad"]})
    with pytest.raises(InvalidRows, match="no rows"):
        decode({**INPUT, "shape": [0, 3], "data": []})


def test_a_wrong_datatype_is_a_bad_cell() -> None:
    """Texts are not numbers."""
    with pytest.raises(InvalidRows) as caught:
        decode({**INPUT, "datatype": "BYTES"})
    assert "a tensor of FP64, not BYTES" in caught.value.cells[0].message


def test_a_matrix_of_one_column_has_two_dimensions() -> None:
    single = replace(MATRIX, columns=(Column("0", "float"),))
    assert decode({**INPUT, "shape": [2, 1], "data": [1, 2]}, schema=single).rows == 2
    with pytest.raises(MalformedBody):
        decode({**INPUT, "shape": [2], "data": [1, 2]}, schema=single)
