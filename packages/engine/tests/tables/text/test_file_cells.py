"""Casts of the cells of CSV files."""

import numpy as np
import pytest

from baton_engine.tables.casts import cast_column
from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.text.file_cells import cast_file_cells
from baton_registry.versions.schema import Column, TypeName

IS_MISSING = "is missing; the column is required"


def cast(kind: TypeName, *values: str, required: bool = True) -> object:
    """The values, NaN as None, or what is said of the bad ones by row."""
    try:
        array = cast_column(Column("c", kind, required=required), values, cast_file_cells)
    except BadCells as error:
        return {cell.row: cell.message for cell in error.cells}
    return [None if value != value else value for value in array.tolist()]  # noqa: PLR0124 - NaN


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("double", ["1", " 2.5 ", "\u00a03"], [1.0, 2.5, 3.0]),
        ("long", ["1", " -2"], [1, -2]),
        ("boolean", ["true", " FALSE"], [True, False]),
        ("string", ["a", " b", "None"], ["a", " b", "None"]),
    ],
)
def test_casts(kind: TypeName, values: list[str], expected: list[object]) -> None:
    """White space around numbers and booleans is removed; text does not change."""
    assert cast(kind, *values) == expected


@pytest.mark.parametrize("gap", ["", "  ", "NA", "null"])
def test_missing_value_in_an_optional_column(gap: str) -> None:
    """A missing number or boolean is NaN; missing text is empty."""
    for kind in ("boolean", "integer", "long", "float", "double"):
        assert cast(kind, "1", gap, required=False) == [1, None]
    assert cast("boolean", gap, "true", required=False) == [None, 1.0]
    assert cast("string", "a", gap, required=False) == ["a", ""]


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double", "string"])
def test_missing_value_in_a_required_column_is_a_bad_cell(kind: TypeName) -> None:
    assert cast(kind, "1", " ", "") == {1: IS_MISSING, 2: IS_MISSING}


@pytest.mark.parametrize("text", ["None", "<NA>", "-nan", "#NA"])
def test_other_markers_of_pandas_are_not_missing(text: str) -> None:
    """As in training."""
    assert cast("double", "1", text, required=False) == {1: "must be a number"}


def test_column_of_missing_values() -> None:
    array = cast_file_cells(Column("c", "double", required=False), ["", " "])
    assert array.dtype == np.float64
    assert np.isnan(array).all()


def test_decimal_comma() -> None:
    """A point is rejected, because it may separate thousands. Text does not change."""
    assert cast_file_cells(Column("c", "double"), ["1,5", "-2"], ",").tolist() == [1.5, -2.0]
    assert cast_file_cells(Column("c", "string"), ["1,5"], ",").tolist() == ["1,5"]
    with pytest.raises(ValueError, match="must be a number with a decimal comma"):
        cast_file_cells(Column("c", "double"), ["1.5"], ",")
