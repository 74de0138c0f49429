"""The forms of an instance; a matrix has lists."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import InvalidRows, MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_registry.versions.schema import Column, Schema
from tests.support.fakes.task_models import MATRIX

DECODER = InstancesDecoder(MATRIX, max_rows=3)


def encode(*instances: Any) -> bytes:
    """Writes a body."""
    return json.dumps({"instances": instances}).encode()


def test_lists_are_rows() -> None:
    """Both paths read whole numbers as the column's type."""
    body = encode([1, 2.5, -3], [0.1, 1e300, 0])
    rows = [(1.0, 2.5, -3.0), (0.1, 1e300, 0.0)]
    assert DECODER.decode_fast(body) == rows
    assert DECODER.decode_slowly(body) == rows
    assert {type(value) for row in DECODER.decode(body) for value in row} == {float}


def test_a_bad_cell_is_named_by_row_and_column() -> None:
    """The column is its index, counted from 0."""
    with pytest.raises(InvalidRows) as caught:
        DECODER.decode(encode([1, "SECRET", None], [1, 2], [1, 2, 3, 4]))
    assert [(cell.row, cell.column, cell.message) for cell in caught.value.cells] == [
        (0, "1", "must be a number, not text"),
        (0, "2", "must be a number; the column is required, null is not allowed"),
        (1, "2", "is missing"),
        (2, "3", "is not a column of the model"),
    ]


@pytest.mark.parametrize("instance", [{"0": 1, "1": 2, "2": 3}, 1, "text", None])
def test_other_forms_are_malformed(instance: Any) -> None:
    with pytest.raises(MalformedBody, match="instance 1 is not a list of numbers"):
        DECODER.decode(encode([1, 2, 3], instance))


def test_rows_and_values_are_limited() -> None:
    """Too many rows are not decoded by either path."""
    body = encode(*[[1, 2, 3]] * 4)
    assert DECODER.decode_fast(body) is None
    with pytest.raises(TooManyRows):
        DECODER.decode(body)
    with pytest.raises(InvalidRows, match="no instances"):
        DECODER.decode(encode())


def test_optional_cells_may_be_null() -> None:
    """A shorter row lacks its last cells."""
    columns = (Column("0", "float", required=False), Column("1", "float", required=False))
    decoder = InstancesDecoder(Schema(columns, is_matrix=True), max_rows=10)
    assert decoder.decode(encode([None, 1], [2])) == [(None, 1.0), (2.0, None)]


cells = st.sampled_from(["1", "0.5", "-0", "1e999", "null", '"1"', "[]", "true", "9" * 400])
rows = st.lists(cells, min_size=2, max_size=4).map(lambda row: f"[{','.join(row)}]")


@given(st.lists(rows, max_size=4))
def test_the_paths_agree(instances: list[str]) -> None:
    """The slow path accepts what the fast path accepts, with the same values."""
    body = f'{{"instances":[{",".join(instances)}]}}'.encode()
    fast = DECODER.decode_fast(body)
    try:
        slow = DECODER.decode_slowly(body)
    except RequestRejected:
        assert fast is None
        return
    assert fast is None or [*map(repr, fast)] == [*map(repr, slow)]
