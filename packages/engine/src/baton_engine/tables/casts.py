"""Casts JSON values to a column, by the rules of MLflow's scoring server.

That server reads `dataframe_split` and `dataframe_records` into pandas, `instances` and `inputs`
into numpy, and casts both to the schema's types. It accepts numbers as text, and reads other values
in a text column as an unknown category. It would truncate a fraction to an integer; Baton rejects
that.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, BadCells, CellError
from baton_engine.tables.cell_messages import FRACTION_MESSAGE, format_range_message
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import ENCODED_MISSING, Array
from baton_engine.tables.text.datetimes import cast_datetimes
from baton_registry.versions.schema import Column

Cast = Callable[[Column, Sequence[Any]], Array]

PANDAS_MISSING = math.nan
"""A missing cell, as pandas fills it in."""
_NUMBERS = frozenset({int, float, type(None)})
# What numpy and Python raise if a value does not have the type.
CAST_ERRORS = (ValueError, TypeError, OverflowError)


def cast_column(column: Column, values: Sequence[Any], cast: Cast) -> Array:
    """Casts the values for the engine.

    Raises:
        BadCells: values do not have the column's type; lists the cells (at most 100).
    """
    try:
        array = cast(column, values)
    except CAST_ERRORS as error:
        raise _build_bad_cells(column, values, cast) from error
    # The first step of every pipeline, scikit-learn's imputer, rejects infinity.
    if array.dtype.kind == "f" and np.isinf(array).any():
        raise _build_bad_cells(column, values, cast)
    return array


def cast_as_pandas(column: Column, values: Sequence[Any]) -> Array:
    """Casts as `DataFrame(values)[column].astype(…)`. Raises one of `CAST_ERRORS`."""
    if column.type == "string":
        if {*map(type, values)} != {str}:
            values = [_to_pandas_text(value) for value in values]
        return np.array(values, dtype=np.object_)
    if column.type == "datetime":
        return cast_datetimes([_to_datetime_text(value) for value in values])
    array = _infer(values)
    if COLUMN_TYPES[column.type].is_integer:
        _check_integers(array)
    with np.errstate(invalid="ignore", over="ignore"):  # overflow wraps around, as in pandas
        return array.astype(COLUMN_TYPES[column.type].dtype)


def cast_as_numpy(column: Column, values: Sequence[Any]) -> Array:
    """Casts as `numpy.array(values, dtype)`. Raises one of `CAST_ERRORS`."""
    kinds = {*map(type, values)}
    if list in kinds:
        raise TypeError("a list in a cell")
    if column.type == "string":
        return np.array(_to_numpy_texts(values), dtype=np.object_)
    if column.type == "datetime":
        return cast_datetimes([_to_datetime_text(value) for value in values])
    if COLUMN_TYPES[column.type].is_integer and float in kinds:
        _check_integers(_to_objects(values))
    with np.errstate(over="ignore"):
        return np.array(values, dtype=COLUMN_TYPES[column.type].dtype)


def find_bad_cells(column: Column, values: Sequence[Any], cast: Cast) -> list[BadCell]:
    """Finds the cells that cannot be cast on their own, at most 100."""
    cells = []
    for row, value in enumerate(values):
        reason = _find_reason(column, value, cast)
        if reason:
            cells.append(BadCell(row, column.name, reason))
            if len(cells) >= MAX_NAMED_CELLS:
                break
    return cells


def _build_bad_cells(column: Column, values: Sequence[Any], cast: Cast) -> BadCells:
    cells = find_bad_cells(column, values, cast)
    if not cells:  # each is valid alone, e.g. -1 beside 2**63
        cells = [BadCell(0, column.name, "the column's values have no common type")]
    return BadCells(tuple(cells))


def _find_reason(column: Column, value: Any, cast: Cast) -> str | None:
    try:
        array = cast(column, [value])
    except CellError as error:
        return format_range_message(column.type) if value in (math.inf, -math.inf) else str(error)
    except OverflowError:
        return format_range_message(column.type)
    except CAST_ERRORS:
        return f"must be {COLUMN_TYPES[column.type].words}"
    if array.dtype.kind == "f" and np.isinf(array).any():
        return format_range_message(column.type)
    return None


def _to_numpy_texts(values: Sequence[Any]) -> Sequence[str]:
    """Converts the values to texts without trailing NULs, as numpy does.

    numpy itself would make every text as wide as the longest.
    """
    if {*map(type, values)} == {str} and "\0" not in "".join(values):
        return values
    return [str(value).rstrip("\0") for value in values]


def _to_pandas_text(value: Any) -> str:
    """Keeps text; any other value is an unknown category."""
    if type(value) is str:
        return value
    hash(value)  # as scikit-learn does: a list or an object is a TypeError
    return ENCODED_MISSING


def _to_datetime_text(value: Any) -> str:
    """Converts a cell of a datetime column to text. A whole number is nanoseconds since 1970."""
    if value is None or value is PANDAS_MISSING:
        return ENCODED_MISSING
    if type(value) is int:
        return str(np.datetime64(value, "ns"))
    if type(value) is not str:
        raise TypeError("neither text nor a whole number")
    return value


def _infer(values: Sequence[Any]) -> Array:
    """Infers the type as pandas does: integers, floats with NaN, booleans, or mixed objects."""
    kinds = set(map(type, values))
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_)
    if kinds == {int}:
        return _to_integers(values)
    if kinds <= _NUMBERS and kinds != {type(None)}:
        return np.array(values, dtype=np.float64)  # None is read as NaN
    if str in kinds and kinds <= {str, type(None)}:
        return _to_objects([PANDAS_MISSING if value is None else value for value in values])
    return _to_objects(values)


def _to_integers(values: Sequence[int]) -> Array:
    for dtype in (np.int64, np.uint64):
        try:
            return np.array(values, dtype=dtype)
        except OverflowError:
            continue
    return _to_objects(values)


def _to_objects(values: Sequence[Any]) -> Array:
    """Keeps the values as objects; `numpy.array` would convert lists."""
    return np.fromiter(values, dtype=np.object_, count=len(values))


def _check_integers(array: Array) -> None:
    """Raises if an integer column has a fraction or a missing value."""
    if array.dtype.kind == "f":
        are_integers = bool(np.all(np.isfinite(array) & (np.trunc(array) == array)))
    elif array.dtype.kind == "O":
        are_integers = all(value.is_integer() for value in array if isinstance(value, float))
    else:
        return
    if not are_integers:
        raise CellError(FRACTION_MESSAGE)
