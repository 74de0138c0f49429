"""Rows to columns, compared with single columns."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.columns import DType, to_array
from baton_engine.tables.transpose import Transposer
from baton_registry.versions.schema import Column

FLOAT32 = np.dtype(np.float32)
WHOLE = ("boolean", "integer", "long")
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "string": st.text(),
}
COLUMNS = tuple(
    Column(f"{kind}{'' if required else '?'}", kind, required)  # type: ignore[arg-type]
    for kind in KINDS
    for required in (True, False)
)
ROW = st.tuples(*[KINDS[c.type] if c.required else st.none() | KINDS[c.type] for c in COLUMNS])


def to_plain(values: Any) -> list[Any]:
    """The values as a list, in which NaN equals itself."""
    return ["NaN" if value != value else value for value in np.ravel(values).tolist()]  # noqa: PLR0124


@given(st.lists(ROW, min_size=1, max_size=5))
def test_columns_equal_those_of_to_array(rows: list[tuple[Any, ...]]) -> None:
    result = Transposer(COLUMNS, {}).transpose(rows)
    for column, values in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        expected = to_array(column, values)
        assert to_plain(result[column.name]) == to_plain(expected), column
        assert result[column.name].shape[0] == len(rows)


@given(rows=st.lists(ROW, min_size=1, max_size=3), as_float32=st.booleans())
def test_single_row_equals_new_arrays(rows: list[tuple[Any, ...]], *, as_float32: bool) -> None:
    """Or reports that it does not fit."""
    numbers = [column.name for column in COLUMNS if column.type != "string"]
    dtypes = dict.fromkeys(numbers, FLOAT32) if as_float32 else {}
    lone_row = LoneRow(COLUMNS, dtypes)
    for row in rows:
        has_gap = any(v is None for c, v in zip(COLUMNS, row, strict=True) if c.type in WHOLE)
        if not lone_row.fill(row):
            assert as_float32 or has_gap
            continue
        expected = Transposer(COLUMNS, dtypes).transpose([row])
        for name, values in lone_row.columns.items():
            assert to_plain(values) == to_plain(expected[name]), name
            assert (values.dtype, values.shape) == (expected[name].dtype, (1, 1)), name


def test_single_row_with_a_missing_number_is_filled() -> None:
    lone_row = LoneRow([Column("c", "double", required=False)], {"c": FLOAT32})
    assert lone_row.fill((None,))
    assert to_plain(lone_row.columns["c"]) == ["NaN"]


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double"])
def test_numbers_have_the_type_of_the_engine(kind: Any) -> None:
    """A missing number is NaN."""
    column = Column("c", kind, required=False)
    result = Transposer([column], {"c": FLOAT32}).transpose([(1,), (None,)])["c"]
    assert result.dtype == FLOAT32
    assert result.shape == (2, 1)
    assert to_plain(result) == [1.0, "NaN"]


def test_too_large_double_is_infinite_in_float32() -> None:
    """Without a warning."""
    result = Transposer([Column("c", "double")], {"c": FLOAT32}).transpose([(1e300,), (-1e300,)])
    assert to_plain(result["c"]) == [float("inf"), float("-inf")]


@pytest.mark.parametrize(("kind", "dtype"), [("boolean", np.bool_), ("long", np.int64)])
def test_missing_boolean_or_integer_is_nan(kind: Any, dtype: Any) -> None:
    """Not False or 0."""
    taken: dict[str, DType] = {"c": np.dtype(dtype)}
    result = Transposer([Column("c", kind, required=False)], taken).transpose([(1,), (None,)])
    assert to_plain(result["c"]) == [1.0, "NaN"]


def test_columns_of_one_type_are_separate() -> None:
    """They share a block of memory."""
    columns = [Column("a", "long"), Column("b", "string"), Column("c", "long")]
    result = Transposer(columns, {}).transpose([(1, "x", 3), (2, "y", 4)])
    assert {name: to_plain(values) for name, values in result.items()} == {
        "a": [1, 2],
        "b": ["x", "y"],
        "c": [3, 4],
    }
    assert result["a"].dtype == np.int64
    assert result["a"].flags["C_CONTIGUOUS"]
