"""Casts by MLflow's rules: pandas' for tables, numpy's for tensors."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.casts import (
    PANDAS_MISSING,
    Cast,
    cast_as_numpy,
    cast_as_pandas,
    cast_column,
)
from baton_engine.tables.cell_errors import BadCells
from baton_registry.versions.schema import Column, TypeName

REFUSED = object()
TYPES: tuple[TypeName, ...] = ("boolean", "integer", "long", "float", "double", "string")


def cast(kind: TypeName, values: Sequence[Any], how: Cast) -> Any:
    """The values of the column, or `REFUSED`."""
    try:
        return cast_column(Column("c", kind), values, how).tolist()
    except BadCells as error:
        return REFUSED if error.cells else "refused without a cell"


# What MLflow 3.17.2 was seen to hand to its models; tests/embedded asks it again.
BY_BOTH: list[tuple[TypeName, list[Any], Any]] = [
    ("boolean", [True, False], [True, False]),
    ("boolean", [2, 0], [True, False]),
    ("boolean", ["", "False"], [False, True]),
    ("boolean", [True, None], [True, False]),
    ("boolean", [{"a": 1}], [True]),
    ("integer", [1, True], [1, 1]),
    ("integer", ["1_000", 2], [1000, 2]),
    ("integer", [2.0, 3], [2, 3]),
    ("integer", [2**64], REFUSED),
    ("long", [" 7 "], [7]),
    ("long", ["1.0"], REFUSED),
    ("long", [None, 1], REFUSED),
    ("long", [math.nan], REFUSED),
    ("long", [1.5, 1], REFUSED),
    ("long", [True, 2.5], REFUSED),
    ("long", [math.inf], REFUSED),
    ("long", [2**63, -1], REFUSED),
    ("float", [1, "1.5"], [1.0, 1.5]),
    ("float", [1e39], REFUSED),
    ("double", [True, 2**70], [1.0, 2.0**70]),
    ("double", ["nan", "x"], REFUSED),
    ("double", [math.inf], REFUSED),
    ("double", [10**400], REFUSED),
    ("double", [[1]], REFUSED),
    ("string", ["a", ""], ["a", ""]),
    ("string", [["a"]], REFUSED),
]
BY_PANDAS: list[tuple[TypeName, list[Any], Any]] = [
    ("boolean", [1, None], [True, True]),  # a float column, and NaN is true
    ("boolean", [None], [False]),  # an object column
    ("boolean", [True, PANDAS_MISSING], [True, True]),
    ("boolean", ["", None], [False, True]),
    ("boolean", [[1], []], [True, False]),
    ("integer", [2**40 + 3], [3]),  # wraps around
    ("long", [2**63], [-(2**63)]),
    ("long", ["3", None], REFUSED),
    ("string", [1, None, 2.5, True, "a"], ["", "", "", "", "a"]),
    ("string", [{}], REFUSED),
    ("string", ["a\0"], ["a\0"]),
]
BY_NUMPY: list[tuple[TypeName, list[Any], Any]] = [
    ("boolean", [1, None], [True, False]),
    ("integer", [2**31], REFUSED),
    ("long", [2**63], REFUSED),
    ("string", [1, None, 2.5, True, "a"], ["1", "None", "2.5", "True", "a"]),
    ("string", [{"a": 1}], ["{'a': 1}"]),
    ("string", ["a\0"], ["a"]),
]


@pytest.mark.parametrize(("kind", "values", "expected"), BY_BOTH + BY_PANDAS)
def test_cast_as_pandas(kind: TypeName, values: list[Any], expected: Any) -> None:
    """Except that fractions are not truncated."""
    assert cast(kind, values, cast_as_pandas) == expected


@pytest.mark.parametrize(("kind", "values", "expected"), BY_BOTH + BY_NUMPY)
def test_cast_as_numpy(kind: TypeName, values: list[Any], expected: Any) -> None:
    """Except that fractions are not truncated."""
    assert cast(kind, values, cast_as_numpy) == expected


@pytest.mark.parametrize("how", [cast_as_pandas, cast_as_numpy])
def test_missing_numbers_are_nan(how: Cast) -> None:
    array = cast_column(Column("c", "double"), [1, None, math.nan], how)
    assert np.isnan(array).tolist() == [False, True, True]


@pytest.mark.parametrize("how", [cast_as_pandas, cast_as_numpy])
def test_only_bad_cells_are_named(how: Cast) -> None:
    with pytest.raises(BadCells) as caught:
        cast_column(Column("c", "long"), [1, "x", 2.5, [1], 3], how)
    assert [cell.row for cell in caught.value.cells] == [1, 2, 3]
    assert "fraction" in caught.value.cells[1].message


@pytest.mark.parametrize("how", [cast_as_pandas, cast_as_numpy])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("long", math.inf),
        ("integer", -math.inf),
        ("long", 2**64),
        pytest.param("double", 10**400, id="double-int"),
    ],
)
def test_too_large_number_has_its_own_message(kind: TypeName, value: Any, how: Cast) -> None:
    """1e999 is infinity in JSON."""
    with pytest.raises(BadCells, match=f"is beyond the range of the column's type, {kind}"):
        cast_column(Column("c", kind), [1, value], how)


def test_at_most_a_hundred_cells_are_named() -> None:
    with pytest.raises(BadCells) as caught:
        cast_column(Column("c", "long"), ["x"] * 101, cast_as_pandas)
    assert len(caught.value.cells) == 100


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
)


@given(st.sampled_from(TYPES), st.lists(scalars, min_size=1, max_size=5))
def test_any_values_are_cast_or_rejected(kind: TypeName, values: list[Any]) -> None:
    for how in (cast_as_pandas, cast_as_numpy):
        column = cast(kind, values, how)
        assert column is REFUSED or len(column) == len(values)


@pytest.mark.parametrize("cast", [cast_as_pandas, cast_as_numpy])
def test_datetimes_are_texts_or_nanoseconds(cast: Cast) -> None:
    """Missing ones are empty; other values are errors."""
    column = Column("t", "datetime")
    values = ["2026-01-31", None, 1_769_817_600_000_000_000]
    expected = ["2026-01-31", "", "2026-01-31T00:00:00.000000000"]
    assert cast_column(column, values, cast).tolist() == expected
    with pytest.raises(BadCells) as caught:
        cast_column(column, ["2026-01-31", 0.5, "x", True], cast)
    assert [cell.row for cell in caught.value.cells] == [1, 2, 3]
