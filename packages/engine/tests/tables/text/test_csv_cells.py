"""Casts of CSV cells."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.tables.text.csv_cells import PANDAS_MISSING_TEXTS, cast_csv_cells
from baton_registry.versions.schema import Column, TypeName

REFUSED = object()


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("double", ["1", "-.5", "1.", "+1e3", " 1 "], [1.0, -0.5, 1.0, 1000.0, 1.0]),
        ("double", ["True", "false"], [1.0, 0.0]),
        ("double", ["True", "1"], REFUSED),
        ("double", ["1_0"], REFUSED),
        ("double", ["NAN"], REFUSED),
        ("double", ["0x1"], REFUSED),
        ("double", ["\uff11"], REFUSED),
        ("double", ["x"], REFUSED),
        ("float", ["0.5"], [0.5]),
        ("long", ["1", "2.0", "1e3", "007", " -1 "], [1, 2, 1000, 7, -1]),
        ("long", ["TRUE"], [1]),
        ("long", ["1.5"], REFUSED),
        ("long", ["NA"], REFUSED),
        ("long", ["inf"], REFUSED),
        ("long", [str(2**63 - 1)], [2**63 - 1]),
        ("long", [str(2**63)], REFUSED),
        ("integer", [str(2**31)], REFUSED),
        ("boolean", ["true", "FALSE"], [True, False]),
        ("boolean", ["1", "0.0"], [True, False]),
        ("boolean", ["2"], REFUSED),
        ("boolean", ["True", "1"], REFUSED),
        ("boolean", [""], REFUSED),
        ("boolean", [" true"], REFUSED),
        ("string", ["NA", " NA", "none", "1"], ["", " NA", "none", "1"]),
    ],
)
def test_casts_as_pandas(kind: TypeName, values: list[str], expected: Any) -> None:
    try:
        assert cast_csv_cells(Column("c", kind), values).tolist() == expected
    except ValueError:
        assert expected is REFUSED


@given(
    st.sampled_from(["double", "long"]),
    st.text(st.sampled_from("019+-.eE"), min_size=1, max_size=6),
)
def test_usual_numbers_are_cast_as_others(kind: TypeName, text: str) -> None:
    """A column of usual forms is cast at once, any other one by one."""
    other = {"double": "inf", "long": "2.0"}[kind]

    def cast(*values: str) -> list[Any] | None:
        try:
            return [*cast_csv_cells(Column("c", kind), values)]
        except ValueError:
            return None

    alone, beside = cast(text), cast(text, other)
    assert alone == (beside and beside[:1])


@pytest.mark.parametrize("end", ["x", ".x", "e", "e1x", ".1x", " x"])
def test_long_cell_takes_linear_time(end: str) -> None:
    with pytest.raises(ValueError, match="number"):
        cast_csv_cells(Column("c", "double"), ["1" * 131_000 + end])


@pytest.mark.parametrize("marker", sorted(PANDAS_MISSING_TEXTS))
def test_missing_markers(marker: str) -> None:
    """All of pandas' markers."""
    assert math.isnan(cast_csv_cells(Column("c", "double"), [marker])[0])
    assert cast_csv_cells(Column("c", "string"), [marker]).tolist() == [""]
