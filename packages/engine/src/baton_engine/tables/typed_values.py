"""Values that have a type of their own, as Arrow and Parquet bring them, to one column."""

from collections.abc import Iterable, Mapping

import numpy as np

from baton_engine.tables.casts import cast_as_pandas, cast_column
from baton_engine.tables.cells import IS_MISSING, MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.numbers import cast_numbers
from baton_engine.tables.text.category_texts import can_come_from, match_categories
from baton_engine.tables.values import Form, Numbers, Texts, Unsupported, Values
from baton_registry.versions.schema import Column

_FORMS: Mapping[Form, str] = {
    "number": "numbers",
    "boolean": "booleans",
    "time": "dates or times",
}


class WrongType(BadCells):
    """The whole column is of a kind that does not go into it, whatever its values are."""


def cast_typed_values(column: Column, values: Values) -> Array:
    """The values in the type of the column; no value is changed on the way.

    Numbers of any width go into any type of number that can hold them, booleans are 0 and 1, and
    text is read as a number by the rules of `dataframe_split`. For a column of text the values must
    be texts: what was a number, a boolean, a date or a time before must have been one in training.

    Raises:
        BadCells: a value that the column does not allow, or a gap in a required column.
    """
    if isinstance(values, Unsupported):
        raise _of_other_kind(column, f"Arrow's {values.kind}")
    if isinstance(values, Texts):
        return _from_texts(column, _as_categories(column, values))
    if column.type == "string":
        raise _of_other_kind(column, "numbers")
    if column.type == "boolean":
        return _booleans(column, values)
    return cast_numbers(column, values)


def _as_categories(column: Column, values: Texts) -> Texts:
    if values.form == "text":
        return values
    if column.type != "string" or not can_come_from(column.categories, values.form):
        raise _of_other_kind(column, _FORMS[values.form])
    return match_categories(values, column.categories)


def _from_texts(column: Column, values: Texts) -> Array:
    gaps = [code for code, text in enumerate(values.distinct) if text is None]
    gap_rows = np.flatnonzero(np.isin(values.codes, gaps)) if gaps else np.empty(0, np.intp)
    if len(gap_rows) and column.required:
        raise _bad(column, ((row, IS_MISSING) for row in gap_rows[:MAX_NAMED_CELLS].tolist()))
    if column.type == "string":
        return to_array(column, values.distinct)[values.codes]
    if len(gap_rows) == len(values.codes):  # of Arrow's type null
        return to_array(column, [None] * len(values.codes))
    return cast_column(column, values.to_list(), cast_as_pandas)


def _booleans(column: Column, values: Numbers) -> Array:
    if values.dtype == np.bool_:
        return values
    gaps = np.isnan(values)
    bad = gaps.copy() if column.required else np.zeros_like(gaps)
    bad |= ~gaps & (values != 0) & (values != 1)
    if bad.any():
        rows = np.flatnonzero(bad)[:MAX_NAMED_CELLS].tolist()
        wanted = f"must be {COLUMN_TYPES[column.type].words}"
        raise _bad(column, ((row, IS_MISSING if gaps[row] else wanted) for row in rows))
    return values.astype(np.float64 if gaps.any() else np.bool_)


def _of_other_kind(column: Column, found: str) -> WrongType:
    message = f"must be {COLUMN_TYPES[column.type].words}; the column holds {found}"
    return WrongType((BadCell(0, column.name, message),))


def _bad(column: Column, told: Iterable[tuple[int, str]]) -> BadCells:
    return BadCells(tuple(BadCell(row, column.name, message) for row, message in told))
