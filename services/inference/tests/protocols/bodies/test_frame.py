"""The table of a body, and its conversion to columns."""

from typing import Any

import pytest

from baton_engine.tables.casts import cast_as_pandas
from baton_inference.errors import InvalidRows, TooManyRows
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema((Column("a", "long"), Column("b", "double", required=False)))


def test_a_table_becomes_a_batch() -> None:
    """Columns that are not in the schema are ignored."""
    batch = Frame(2, {"b": [1, None], "a": [1, 2], "z": ["?", "?"]}, cast_as_pandas).to_batch(
        SCHEMA
    )
    assert batch.rows == 2
    assert list(batch.columns) == ["a", "b"]


def test_bad_cells_of_all_columns_are_named_by_row() -> None:
    """The error names a missing column and bad cells together, in the order of the rows."""
    frame = Frame(2, {"b": [1, "x"]}, cast_as_pandas)
    with pytest.raises(InvalidRows) as caught:
        frame.to_batch(SCHEMA)
    assert [(cell.row, cell.column) for cell in caught.value.cells] == [(0, "a"), (1, "b")]


def test_a_missing_optional_column_is_refused() -> None:
    """MLflow's pipelines fail without it."""
    with pytest.raises(InvalidRows) as caught:
        Frame(1, {"a": [1]}, cast_as_pandas).to_batch(SCHEMA)
    assert caught.value.cells[0].column == "b"


def test_no_rows_and_too_many_rows_are_refused() -> None:
    with pytest.raises(InvalidRows, match="no rows"):
        Frame(0, {"a": [], "b": []}, cast_as_pandas).to_batch(SCHEMA)
    check_rows(3, 3)
    with pytest.raises(TooManyRows, match="4 rows"):
        check_rows(4, 3)


def test_rows_with_the_same_columns_are_transposed() -> None:
    """The order of the columns does not matter. Other rows are left as they are."""
    assert transpose_rows([{"a": 1, "b": 2}, {"b": 4, "a": 3}]) == {"a": (1, 3), "b": (2, 4)}
    assert transpose_rows([{"a": 1}, {"a": 2}]) == {"a": (1, 2)}
    others: list[list[Any]] = [
        [{}],
        [{"a": 1}, {"b": 1}],
        [{"a": 1}, {"a": 1, "b": 1}],
        [{}, 1],
        [],
    ]
    for rows in others:
        assert transpose_rows(rows) is None
