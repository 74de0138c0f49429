"""Rows to columns, with the values and types that column by column gives."""

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


def plain(values: Any) -> list[Any]:
    """The values as a list, in which NaN equals itself."""
    return ["NaN" if value != value else value for value in np.ravel(values).tolist()]  # noqa: PLR0124


@given(st.lists(ROW, min_size=1, max_size=5))
def test_the_same_as_column_by_column(rows: list[tuple[Any, ...]]) -> None:
    """Whatever rows a schema allows: every column is what `to_array` makes of its values."""
    found = Transposer(COLUMNS, {}).transpose(rows)
    for column, values in zip(COLUMNS, zip(*rows, strict=True), strict=True):
        expected = to_array(column, values)
        assert plain(found[column.name]) == plain(expected), column
        assert found[column.name].shape[0] == len(rows)


@given(rows=st.lists(ROW, min_size=1, max_size=3), as_float32=st.booleans())
def test_a_lone_row_is_the_same(rows: list[tuple[Any, ...]], *, as_float32: bool) -> None:
    """Arrays that are used again hold what new ones would, or say that they cannot."""
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
            assert plain(values) == plain(expected[name]), name
            assert (values.dtype, values.shape) == (expected[name].dtype, (1, 1)), name


def test_a_lone_row_is_filled_where_a_number_is_missing() -> None:
    """A gap in a column of floats is the usual case, and no reason to make arrays anew."""
    lone_row = LoneRow([Column("c", "double", required=False)], {"c": FLOAT32})
    assert lone_row.fill((None,))
    assert plain(lone_row.columns["c"]) == ["NaN"]


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double"])
def test_numbers_in_the_type_of_the_engine(kind: Any) -> None:
    """Numbers become what the engine takes; a gap is NaN there, and nothing needs a cast."""
    column = Column("c", kind, required=False)
    found = Transposer([column], {"c": FLOAT32}).transpose([(1,), (None,)])["c"]
    assert found.dtype == FLOAT32
    assert found.shape == (2, 1)
    assert plain(found) == [1.0, "NaN"]


def test_a_double_beyond_a_float32_is_infinite() -> None:
    """As everywhere on the way to a model that takes float32, and without a warning."""
    found = Transposer([Column("c", "double")], {"c": FLOAT32}).transpose([(1e300,), (-1e300,)])
    assert plain(found["c"]) == [float("inf"), float("-inf")]


@pytest.mark.parametrize(("kind", "dtype"), [("boolean", np.bool_), ("long", np.int64)])
def test_a_gap_where_the_engine_knows_none(kind: Any, dtype: Any) -> None:
    """A missing flag is not False and a missing whole number not 0: both stay NaN."""
    taken: dict[str, DType] = {"c": np.dtype(dtype)}
    found = Transposer([Column("c", kind, required=False)], taken).transpose([(1,), (None,)])
    assert plain(found["c"]) == [1.0, "NaN"]


def test_columns_keep_their_rows_apart() -> None:
    """Columns of one type share a block of memory, and each is still its own, in order."""
    columns = [Column("a", "long"), Column("b", "string"), Column("c", "long")]
    found = Transposer(columns, {}).transpose([(1, "x", 3), (2, "y", 4)])
    assert {name: plain(values) for name, values in found.items()} == {
        "a": [1, 2],
        "b": ["x", "y"],
        "c": [3, 4],
    }
    assert found["a"].dtype == np.int64
    assert found["a"].flags["C_CONTIGUOUS"]
