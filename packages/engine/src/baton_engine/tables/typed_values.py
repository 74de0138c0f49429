"""Casts typed values, from Arrow or Parquet, to a column."""

from collections.abc import Iterable, Mapping

import numpy as np

from baton_engine.tables.casts import cast_as_pandas, cast_column
from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.cell_messages import MISSING_MESSAGE
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
    """The type of the whole column does not fit, whatever its values are."""


def cast_typed_values(column: Column, values: Values) -> Array:
    """Casts values to the column's type without changing them.

    Numbers of any width fit any number type that can hold them. Booleans are 0 and 1. Text is read
    as a number by the rules of `dataframe_split`. A text column takes texts; it takes numbers,
    booleans, dates or times only if it had them in training.

    Raises:
        BadCells: the column does not allow a value, or a required value is missing.
    """
    if isinstance(values, Unsupported):
        raise _build_wrong_type(column, f"Arrow's {values.kind}")
    if isinstance(values, Texts):
        return _cast_texts(column, _to_categories(column, values))
    if COLUMN_TYPES[column.type].is_text:
        raise _build_wrong_type(column, "numbers")
    if column.type == "boolean":
        return _cast_booleans(column, values)
    return cast_numbers(column, values)


def _to_categories(column: Column, values: Texts) -> Texts:
    if values.form == "text" or (column.type, values.form) == ("datetime", "time"):
        return values
    if column.type != "string" or not can_come_from(column.categories, values.form):
        raise _build_wrong_type(column, _FORMS[values.form])
    return match_categories(values, column.categories)


def _cast_texts(column: Column, values: Texts) -> Array:
    missing = [code for code, text in enumerate(values.distinct) if text is None]
    missing_rows = (
        np.flatnonzero(np.isin(values.codes, missing)) if missing else np.empty(0, np.intp)
    )
    if len(missing_rows) and column.required:
        raise _build_bad_cells(
            column, ((row, MISSING_MESSAGE) for row in missing_rows[:MAX_NAMED_CELLS].tolist())
        )
    if column.type == "string":
        return to_array(column, values.distinct)[values.codes]
    if len(missing_rows) == len(values.codes):  # Arrow's type null
        return to_array(column, [None] * len(values.codes))
    return cast_column(column, values.to_list(), cast_as_pandas)


def _cast_booleans(column: Column, values: Numbers) -> Array:
    if values.dtype == np.bool_:
        return values
    is_missing = np.isnan(values)
    is_bad = is_missing.copy() if column.required else np.zeros_like(is_missing)
    is_bad |= ~is_missing & (values != 0) & (values != 1)
    if is_bad.any():
        rows = np.flatnonzero(is_bad)[:MAX_NAMED_CELLS].tolist()
        message = f"must be {COLUMN_TYPES[column.type].words}"
        raise _build_bad_cells(
            column, ((row, MISSING_MESSAGE if is_missing[row] else message) for row in rows)
        )
    return values.astype(np.float64 if is_missing.any() else np.bool_)


def _build_wrong_type(column: Column, kind: str) -> WrongType:
    message = f"must be {COLUMN_TYPES[column.type].words}; the column holds {kind}"
    return WrongType((BadCell(0, column.name, message),))


def _build_bad_cells(column: Column, messages: Iterable[tuple[int, str]]) -> BadCells:
    return BadCells(tuple(BadCell(row, column.name, message) for row, message in messages))
