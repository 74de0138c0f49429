"""Numbers of any width to a column."""

import math
from typing import Any

import numpy as np
import pytest

from baton_engine.tables.cells import BadCells
from baton_engine.tables.numbers import cast_numbers
from baton_registry.versions.schema import Column, TypeName


@pytest.mark.parametrize(
    "dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
)
@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_every_width_goes_into_every_type(kind: TypeName, dtype: str) -> None:
    """A value that the type can hold is taken over unchanged."""
    column = cast_numbers(Column("c", kind), np.array([0, 1, 100], dtype))
    assert column.tolist() == [0, 1, 100]
    assert column.dtype == {"integer": "i4", "long": "i8", "float": "f4", "double": "f8"}[kind]


@pytest.mark.parametrize(
    ("kind", "dtype", "value", "message"),
    [
        ("long", "f8", 1.5, "must be a whole number, not a fraction"),
        ("long", "f8", 2.0**63, "is beyond the range of the column's type, long"),
        ("long", "u8", 2**63, "is beyond the range of the column's type, long"),
        ("integer", "i8", 2**31, "is beyond the range of the column's type, integer"),
        ("integer", "f2", math.inf, "is beyond the range of the column's type, integer"),
        ("float", "f8", 1e39, "is beyond the range of the column's type, float"),
        ("double", "f4", -math.inf, "is beyond the range of the column's type, double"),
        ("double", "f8", math.nan, "is missing; the column is required"),
        ("long", "f8", math.nan, "is missing; the column is required"),
    ],
)
def test_no_value_is_changed(kind: TypeName, dtype: str, value: Any, message: str) -> None:
    """What the type cannot hold is named by its row, and nothing else is."""
    with pytest.raises(BadCells) as caught:
        cast_numbers(Column("c", kind), np.array([1, value, 2], dtype))
    assert [(cell.row, cell.message) for cell in caught.value.cells] == [(1, message)]


@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_nan_is_a_gap_where_gaps_are_allowed(kind: TypeName) -> None:
    """In an optional column NaN means missing, and the array can hold it."""
    column = cast_numbers(Column("c", kind, required=False), np.array([1, math.nan], "f4"))
    assert column.dtype == np.float64
    assert np.isnan(column).tolist() == [False, True]


def test_at_most_a_hundred_cells_are_named() -> None:
    """Of many bad cells a hundred are named."""
    with pytest.raises(BadCells) as caught:
        cast_numbers(Column("c", "long"), np.full(101, 0.5))
    assert len(caught.value.cells) == 100
