"""A table on its way to columns."""

from typing import Any

import pytest

from baton_engine.tables.casts import cast_as_pandas
from baton_inference.errors import InvalidRows, TooManyRows
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema((Column("a", "long"), Column("b", "double", required=False)))


def test_makes_a_batch() -> None:
    """The schema's columns are taken, others are left."""
    batch = Frame(2, {"b": [1, None], "a": [1, 2], "z": ["?", "?"]}, cast_as_pandas).to_batch(
        SCHEMA
    )
    assert batch.rows == 2
    assert list(batch.columns) == ["a", "b"]


def test_bad_cells_of_all_columns_are_named_by_row() -> None:
    """A missing column and bad cells of others are told together, in the order of the rows."""
    frame = Frame(2, {"b": [1, "x"]}, cast_as_pandas)
    with pytest.raises(InvalidRows) as caught:
        frame.to_batch(SCHEMA)
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(0, "a"), (1, "b")]


def test_an_optional_column_may_not_be_left_out() -> None:
    """As MLflow's pipelines fail without it, it is refused."""
    with pytest.raises(InvalidRows) as caught:
        Frame(1, {"a": [1]}, cast_as_pandas).to_batch(SCHEMA)
    assert caught.value.cells[0].column == "b"


def test_rows_are_needed_and_bounded() -> None:
    """No rows are refused, and more than allowed are too many."""
    with pytest.raises(InvalidRows, match="no rows"):
        Frame(0, {"a": [], "b": []}, cast_as_pandas).to_batch(SCHEMA)
    check_rows(3, 3)
    with pytest.raises(TooManyRows, match="4 rows"):
        check_rows(4, 3)


def test_rows_of_the_same_columns_are_transposed() -> None:
    """Rows of the same columns, in whatever order, are turned; others are left to be looked at."""
    assert transpose_rows([{"a": 1, "b": 2}, {"b": 4, "a": 3}]) == {"a": (1, 3), "b": (2, 4)}
    assert transpose_rows([{"a": 1}, {"a": 2}]) == {"a": (1, 2)}
    odd: list[list[Any]] = [[{}], [{"a": 1}, {"b": 1}], [{"a": 1}, {"a": 1, "b": 1}], [{}, 1], []]
    for rows in odd:
        assert transpose_rows(rows) is None
