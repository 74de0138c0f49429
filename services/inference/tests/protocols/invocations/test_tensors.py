"""`instances` and `inputs`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import InvalidRows, MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.invocations.tensors import TensorReader
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema((Column("a", "double"), Column("s", "string"), Column("n", "long")))
READER = TensorReader(SCHEMA.columns, max_rows=10)
ROW: dict[str, Any] = {"a": 1.5, "s": "x", "n": 2}


def test_instances_are_read() -> None:
    """Rows are objects. An empty object is not a row; a number in a text column is text."""
    frame = READER.read_instances([ROW, {}, {**ROW, "s": 1}])
    batch = frame.to_batch(SCHEMA)
    assert batch.rows == 2
    assert batch.columns["s"].tolist() == ["x", "1"]


@pytest.mark.parametrize("read", [READER.read_instances, READER.read_inputs])
def test_columns_are_read(read: Any) -> None:
    """A single value applies to all rows. Extra columns are ignored."""
    batch = read({"a": [1, 2], "s": "x", "n": ["3", 4.0], "z": [[1], [2]]}).to_batch(SCHEMA)
    assert {name: values.tolist() for name, values in batch.columns.items()} == {
        "a": [1.0, 2.0],
        "s": ["x", "x"],
        "n": [3, 4],
    }
    assert read(ROW).to_batch(SCHEMA).rows == 1


def test_inputs_can_be_rows() -> None:
    """Rows may lack a fraction or a text, but not a whole number. A null in a text is "None"."""
    frame = READER.read_inputs([ROW, {"n": 1}, {**ROW, "s": None}])
    batch = frame.to_batch(SCHEMA)
    assert batch.columns["s"].tolist() == ["x", "", "None"]
    with pytest.raises(InvalidRows) as caught:
        READER.read_inputs([ROW, {"a": 1, "s": "x"}]).to_batch(SCHEMA)
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(1, "n")]


def test_the_only_column_needs_no_name() -> None:
    """If the model has one column, a list of values is that column."""
    schema = Schema((Column("a", "long"),))
    reader = TensorReader(schema.columns, max_rows=10)
    assert reader.read_inputs([1, 2]).to_batch(schema).columns["a"].tolist() == [1, 2]
    assert reader.read_instances([1]).to_batch(schema).rows == 1


@pytest.mark.parametrize(
    "data",
    [
        None,
        1,
        "a",
        [1],
        [None],
        [[1]],
        [ROW, None],
        [ROW, 1],
        {"a": [1, 2], "s": ["x"], "n": [1, 2]},
        {"a": [1], "s": ["x"], "n": [1], "z": []},
        {**ROW, "z": 1},
        [{**ROW, "z": [[1], [1, 2]]}],
    ],
)
def test_other_shapes_are_malformed(data: Any) -> None:
    """Numpy or pandas cannot build a table from them."""
    for read in (READER.read_instances, READER.read_inputs):
        with pytest.raises(MalformedBody):
            read(data)


def test_a_column_of_some_instances_is_malformed() -> None:
    """This holds for columns of the model and for extra columns."""
    for rows in ([ROW, {**ROW, "z": 1}], [ROW, {"a": 1, "s": "x"}]):
        with pytest.raises(MalformedBody, match="length"):
            READER.read_instances(rows)


@pytest.mark.parametrize("cell", [[1], [[1]], {"a": 1}])
def test_a_list_or_an_object_is_a_bad_cell(cell: Any) -> None:
    """The column holds numbers."""
    for read in (READER.read_instances, READER.read_inputs):
        with pytest.raises(InvalidRows):
            read([{**ROW, "n": cell}]).to_batch(SCHEMA)


def test_rows_are_needed_and_bounded() -> None:
    """No rows are refused, too many are too many."""
    for read in (READER.read_instances, READER.read_inputs):
        with pytest.raises(TooManyRows):
            read([ROW] * 11)
        with pytest.raises(TooManyRows):
            read({"a": [1] * 11, "s": "x", "n": 1})
        with pytest.raises(InvalidRows):
            read([])


cells = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
shapes = st.recursive(
    cells,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "s", "n", "z"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(shapes)
def test_anything_is_rows_or_refused(data: Any) -> None:
    """All columns of a batch have its number of rows."""
    for read in (READER.read_instances, READER.read_inputs):
        try:
            batch = read(data).to_batch(SCHEMA)
        except RequestRejected:
            continue
        assert all(values.shape == (batch.rows,) for values in batch.columns.values())


def test_extra_lists_need_no_more_memory() -> None:
    """A long text does not widen the many short texts beside it."""
    extra = [["a" * 2**20], *([["b"]] * 99_999)]
    reader = TensorReader(SCHEMA.columns, max_rows=100_000)
    with pytest.raises(MalformedBody, match="length"):
        reader.read_inputs({"a": [1], "s": ["x"], "n": [2], "z": extra})


@pytest.mark.parametrize(
    ("extra", "is_valid"),
    [
        ([[1], ["a"]], True),
        ([[], []], True),
        ([[[1, 2]], [[3, None]]], True),
        ([[1], [1, 2]], False),
        ([[1], 1], False),
        ([[[1]], [1]], False),
    ],
)
def test_extra_lists_must_have_one_shape(extra: Any, *, is_valid: bool) -> None:
    """Numpy requires it, whatever their values."""
    body = {"a": [1, 2], "s": ["x", "y"], "n": [1, 2], "z": extra}
    if is_valid:
        assert READER.read_inputs(body).rows == 2
        return
    with pytest.raises(MalformedBody, match="shape"):
        READER.read_inputs(body)
