"""Matrix forms of `/invocations`; `tests/embedded/protocols` compares them with MLflow."""

from dataclasses import replace
from typing import Any

import pytest

from baton_inference.errors import InvalidRows, MalformedBody, TooManyRows, UnsupportedMedia
from baton_inference.protocols.invocations.matrix import MatrixReader
from baton_registry.versions.schema import Schema
from tests.support.fakes.task_models import MATRIX, NAMED_TENSOR, TENSOR

ROWS = [[1, 2, 3], [4.5, 5, 6]]
COLUMNS = {"0": [1.0, 4.5], "1": [2.0, 5.0], "2": [3.0, 6.0]}
NAMED = replace(NAMED_TENSOR, tensor_name="x")


def read(schema: Schema, form: str, data: Any, max_rows: int = 9) -> dict[str, Any]:
    """Reads a form and casts the columns."""
    reader = MatrixReader(schema, max_rows=max_rows)
    readers: dict[str, Any] = {
        "split": reader.read_split,
        "records": reader.read_records,
        "instances": reader.read_instances,
        "inputs": reader.read_inputs,
        "csv": reader.read_csv,
    }
    batch = readers[form](data).to_batch(schema)
    return {name: values.tolist() for name, values in batch.columns.items()}


@pytest.mark.parametrize(
    ("schema", "form", "data"),
    [
        (MATRIX, "inputs", ROWS),
        (MATRIX, "instances", ROWS),
        (TENSOR, "inputs", ROWS),
        (NAMED, "instances", ROWS),
        (MATRIX, "inputs", [[1, 2, 3, 7], [4.5, 5, 6, 7]]),
        (MATRIX, "split", {"columns": ["a", "b", "c"], "data": ROWS}),
        (MATRIX, "split", {"data": ROWS}),
        (MATRIX, "split", {"columns": [*"abcd"], "data": [[1, 2, 3, "z"], [4.5, 5, 6, "z"]]}),
        (MATRIX, "split", {"data": {"c": [1, 4.5], "b": [2, 5], "a": [3, 6]}}),
        (MATRIX, "split", {"data": [{"c": 1, "b": 2, "a": 3}, {"a": 6, "b": 5, "c": 4.5}]}),
        (MATRIX, "records", [{"c": 1, "b": 2, "a": 3}, {"a": 6, "b": 5, "c": 4.5}]),
        (MATRIX, "csv", b"c,b,a,d\n1,2,3,z\n4.5,5,6,z\n"),
        (TENSOR, "split", {"columns": ["a", "a", "c"], "data": ROWS}),
        (TENSOR, "split", {"columns": ["any"], "data": [[row] for row in ROWS]}),
        (TENSOR, "records", [{"any": row} for row in ROWS]),
        (NAMED, "inputs", {"x": ROWS, "other": 1}),
        (NAMED, "instances", {"x": ROWS}),
        (NAMED, "instances", [{"x": row, "other": 1} for row in ROWS]),
        (NAMED, "split", {"columns": ["y", "x"], "data": [[1, row] for row in ROWS]}),
        (NAMED, "records", [{"x": row} for row in ROWS]),
    ],
)  # fmt: skip
def test_columns_have_places(schema: Schema, form: str, data: Any) -> None:
    """The order decides, and the names do not matter, except the tensor's own."""
    assert read(schema, form, data) == COLUMNS


@pytest.mark.parametrize(
    ("schema", "form", "data"),
    [
        (MATRIX, "inputs", [[1, 2]]),
        (MATRIX, "inputs", [[1, 2, 3], [1, 2, 3, 4]]),
        (MATRIX, "inputs", [1, 2, 3]),
        (MATRIX, "inputs", 5),
        (MATRIX, "inputs", {"x": ROWS}),
        (MATRIX, "instances", [{"x": 1}]),
        (MATRIX, "split", {"columns": ["a", "a", "c"], "data": ROWS}),
        (MATRIX, "split", {"columns": ["a"], "data": ROWS}),
        (MATRIX, "split", []),
        (TENSOR, "inputs", [[1, 2, 3, 4]]),
        (TENSOR, "split", {"data": [[1, 2, 3, 4]]}),
        (TENSOR, "records", [{"any": [1, 2]}]),
        (NAMED, "instances", [{"x": ROWS[0]}, 5]),
        (NAMED, "instances", [{"x": ROWS[0]}, {"x": 5}]),
    ],
)
def test_other_shapes_are_malformed(schema: Schema, form: str, data: Any) -> None:
    with pytest.raises(MalformedBody):
        read(schema, form, data)


@pytest.mark.parametrize(
    ("schema", "form", "data", "column"),
    [
        (MATRIX, "inputs", [[1, 2, "x"]], "2"),
        (MATRIX, "inputs", [[1, [2], 3]], "1"),
        (MATRIX, "split", {"columns": ["a", "b"], "data": [[1, 2]]}, "2"),
        (MATRIX, "records", [{"a": 1}], "1"),
        (NAMED, "split", {"columns": ["a", "b", "c"], "data": ROWS}, "x"),
        (NAMED, "inputs", {"y": ROWS}, "x"),
        (NAMED, "instances", [{"y": ROWS[0]}], "x"),
    ],
)
def test_bad_cells_are_named(schema: Schema, form: str, data: Any, column: str) -> None:
    """A column has the name of its place, or of the tensor."""
    with pytest.raises(InvalidRows) as caught:
        read(schema, form, data)
    assert caught.value.cells[0].column == column


def test_csv_is_not_for_tensors() -> None:
    """MLflow's scoring server fails on it."""
    with pytest.raises(UnsupportedMedia, match="send JSON"):
        read(TENSOR, "csv", b"a,b,c\n1,2,3\n")


@pytest.mark.parametrize("form", ["inputs", "instances"])
def test_rows_are_limited(form: str) -> None:
    with pytest.raises(TooManyRows):
        read(MATRIX, form, ROWS, max_rows=1)
    with pytest.raises(InvalidRows, match="no rows"):
        read(MATRIX, form, [])


@pytest.mark.parametrize(
    "data",
    [{"columns": ["0"], "data": {"0": []}}, {"columns": ["0"], "index": [], "data": 1}],
)
def test_a_tensor_of_one_column_needs_rows(data: Any) -> None:
    tensor = replace(TENSOR, columns=TENSOR.columns[:1])
    with pytest.raises(InvalidRows, match="the body has no rows"):
        read(tensor, "split", data)


def test_instances_without_the_tensor_are_skipped() -> None:
    """As in MLflow."""
    frame = read(NAMED, "instances", [{"x": ROWS[0]}, {"y": ROWS[0]}, {"x": ROWS[1]}])
    assert len(frame["0"]) == 2


def test_a_single_column_takes_values() -> None:
    """Only without a tensor, whose shape MLflow enforces."""
    single = replace(MATRIX, columns=MATRIX.columns[:1])
    assert read(single, "inputs", [1, 2]) == {"0": [1.0, 2.0]}
    tensor = replace(single, is_tensor=True)
    assert read(tensor, "split", {"columns": ["a"], "data": [[1], [2]]}) == {"0": [1.0, 2.0]}
    with pytest.raises(MalformedBody):
        read(tensor, "inputs", [1, 2])
