"""Casts of numbers of any width."""

import math
from typing import Any

import numpy as np
import pytest

from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.numbers import cast_numbers
from baton_registry.versions.schema import Column, TypeName


@pytest.mark.parametrize(
    "dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]
)
@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_every_width_fits_every_type(kind: TypeName, dtype: str) -> None:
    """The value does not change."""
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
def test_values_that_do_not_fit_are_named(
    kind: TypeName, dtype: str, value: Any, message: str
) -> None:
    with pytest.raises(BadCells) as caught:
        cast_numbers(Column("c", kind), np.array([1, value, 2], dtype))
    assert [(cell.row, cell.message) for cell in caught.value.cells] == [(1, message)]


@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_nan_is_missing_in_optional_columns(kind: TypeName) -> None:
    column = cast_numbers(Column("c", kind, required=False), np.array([1, math.nan], "f4"))
    assert column.dtype == np.float64
    assert np.isnan(column).tolist() == [False, True]


def test_at_most_a_hundred_cells_are_named() -> None:
    with pytest.raises(BadCells) as caught:
        cast_numbers(Column("c", "long"), np.full(101, 0.5))
    assert len(caught.value.cells) == 100
