"""Casts of typed values."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Texts, Unsupported, Values
from baton_registry.versions.schema import Column, TypeName

TYPES: tuple[TypeName, ...] = ("boolean", "integer", "long", "float", "double", "string")


def build_texts(*values: str | None) -> Texts:
    """Texts, each in a place of its own."""
    return Texts(values, np.arange(len(values), dtype=np.int32))


def cast(kind: TypeName, values: Values | list[Any], *, required: bool = True) -> Any:
    """The values of the column, or what is said of the bad ones by row."""
    if isinstance(values, list):
        values = np.array(values)
    try:
        return cast_typed_values(Column("c", kind, required=required), values).tolist()
    except BadCells as error:
        return {cell.row: cell.message for cell in error.cells}


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("double", [1, 2], [1.0, 2.0]),
        ("float", [True, False], [1.0, 0.0]),
        ("long", [1.0, -2.0], [1, -2]),
        ("integer", [True], [1]),
        ("boolean", [True, False], [True, False]),
        ("boolean", [1, 0], [True, False]),
        ("boolean", [1.0, 0.0], [True, False]),
        ("string", build_texts("a", ""), ["a", ""]),
        ("double", build_texts("29.85", " 1 "), [29.85, 1.0]),
        ("long", build_texts("7"), [7]),
        ("long", [1.5, 1], {0: "must be a whole number, not a fraction"}),
        ("long", build_texts("1.5"), {0: "must be a whole number"}),
        ("double", build_texts("much", "1"), {0: "must be a number"}),
        ("boolean", [2, 1], {0: "must be true or false"}),
        ("boolean", [math.nan, 1], {0: "is missing; the column is required"}),
        ("double", [1, math.nan], {1: "is missing; the column is required"}),
        ("string", build_texts("a", None), {1: "is missing; the column is required"}),
        ("double", build_texts("1", None), {1: "is missing; the column is required"}),
        ("string", [1, 2], {0: "must be text; the column holds numbers"}),
        (
            "double",
            Unsupported("Date32"),
            {0: "must be a number; the column holds Arrow's Date32"},
        ),
        (
            "string",
            Unsupported("Binary"),
            {0: "must be text; the column holds Arrow's Binary"},
        ),
    ],
)
def test_casts(kind: TypeName, values: Any, expected: Any) -> None:
    """Values that do not fit are named by their row."""
    assert cast(kind, values) == expected


@pytest.mark.parametrize("kind", TYPES)
def test_column_of_missing_values_fits_optional_columns(kind: TypeName) -> None:
    gaps = Texts([None], np.zeros(2, np.int32))
    result = cast(kind, gaps, required=False)
    assert result == ["", ""] if kind == "string" else all(map(math.isnan, result))
    assert cast(kind, gaps) == dict.fromkeys((0, 1), "is missing; the column is required")


def test_missing_values_in_optional_columns() -> None:
    assert cast("string", build_texts("a", None), required=False) == ["a", ""]
    for kind in TYPES[:-1]:
        result = cast(kind, [1.0, math.nan], required=False)
        assert result[0] == 1
        assert math.isnan(result[1])
    assert math.isnan(cast("double", build_texts("1", None), required=False)[1])


def test_unused_null_of_a_dictionary_is_ignored() -> None:
    assert cast("string", Texts(["a", None], np.zeros(2, np.int32))) == ["a", "a"]


def test_at_most_a_hundred_cells_are_named() -> None:
    for kind, values in [
        ("string", Texts([None], np.zeros(101, np.int32))),
        ("boolean", np.full(101, 2)),
        ("double", build_texts(*["x"] * 101)),
    ]:
        assert len(cast(kind, values)) == 100  # type: ignore[arg-type]


numbers = st.lists(st.floats() | st.integers(-(2**63), 2**64 - 1) | st.booleans(), min_size=1)
some_texts = st.lists(st.none() | st.text(max_size=3), min_size=1)


any_values = numbers.map(np.array) | some_texts.map(lambda result: build_texts(*result))


@given(st.sampled_from(TYPES), st.sampled_from([True, False]), any_values)
def test_any_values_are_cast_or_rejected(kind: TypeName, required: Any, values: Any) -> None:
    rows = len(values.codes) if isinstance(values, Texts) else len(values)
    result = cast(kind, values, required=required)
    if isinstance(result, dict):
        assert result
        assert max(result) < rows
    else:
        assert len(result) == rows
