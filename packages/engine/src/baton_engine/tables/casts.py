"""Values as JSON brings them to one column, by the rules of MLflow's scoring server.

That server makes a pandas table of `dataframe_split` and `dataframe_records`, and numpy arrays of
`instances` and `inputs`, and casts both to the schema's types. It is generous: text that reads
as a number is a number, and whatever is not text is a category nobody has seen. Where it cuts a
fraction to an integer, we refuse.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from baton_engine.tables.cells import (
    MAX_NAMED_CELLS,
    BadCell,
    BadCells,
    CellError,
)
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import MISSING_TEXT, Array
from baton_registry.versions.schema import Column

Cast = Callable[[Column, Sequence[Any]], Array]

ABSENT = math.nan
"""A cell that its row does not have, as pandas fills it in."""
_NUMBERS = frozenset({int, float, type(None)})
# What numpy and Python raise where a value is not of the type: they agree on no one class.
CAST_ERRORS = (ValueError, TypeError, OverflowError)


def cast_column(column: Column, values: Sequence[Any], cast: Cast) -> Array:
    """The values as the engine takes them.

    Raises:
        BadCells: not of the column's type; every bad cell is named (at most 100).
    """
    try:
        array = cast(column, values)
    except CAST_ERRORS as error:
        raise _bad_cells(column, values, cast) from error
    # scikit-learn's imputer, which every pipeline of ours begins with, refuses them.
    if array.dtype.kind == "f" and np.isinf(array).any():
        raise _bad_cells(column, values, cast)
    return array


def cast_as_pandas(column: Column, values: Sequence[Any]) -> Array:
    """As `DataFrame(values)[column].astype(…)` does. Raises one of `CAST_ERRORS`."""
    if column.type == "string":
        if {*map(type, values)} != {str}:
            values = [_pandas_text(value) for value in values]
        return np.array(values, dtype=np.object_)
    array = _inferred(values)
    if COLUMN_TYPES[column.type].is_whole:
        _check_whole(array)
    with np.errstate(invalid="ignore", over="ignore"):  # what does not fit wraps around, as there
        return array.astype(COLUMN_TYPES[column.type].dtype)


def cast_as_numpy(column: Column, values: Sequence[Any]) -> Array:
    """As `numpy.array(values, dtype)` does. Raises one of `CAST_ERRORS`."""
    kinds = {*map(type, values)}
    if list in kinds:
        raise TypeError("a list in a cell")
    if column.type == "string":
        return np.array(_numpy_texts(values), dtype=np.object_)
    if COLUMN_TYPES[column.type].is_whole and float in kinds:
        _check_whole(_objects(values))
    with np.errstate(over="ignore"):
        return np.array(values, dtype=COLUMN_TYPES[column.type].dtype)


def find_bad_cells(column: Column, values: Sequence[Any], cast: Cast) -> list[BadCell]:
    """The cells that cannot be cast even alone, at most 100."""
    found = []
    for row, value in enumerate(values):
        reason = _refusal(column, value, cast)
        if reason:
            found.append(BadCell(row, column.name, reason))
            if len(found) >= MAX_NAMED_CELLS:
                break
    return found


def _bad_cells(column: Column, values: Sequence[Any], cast: Cast) -> BadCells:
    cells = find_bad_cells(column, values, cast)
    if not cells:  # each is good alone, e.g. -1 beside 2**63
        cells = [BadCell(0, column.name, "the column's values do not go together")]
    return BadCells(tuple(cells))


def _refusal(column: Column, value: Any, cast: Cast) -> str | None:
    try:
        array = cast(column, [value])
    except CellError as error:
        return _beyond(column) if value in (math.inf, -math.inf) else str(error)
    except OverflowError:
        return _beyond(column)
    except CAST_ERRORS:
        return f"must be {COLUMN_TYPES[column.type].words}"
    if array.dtype.kind == "f" and np.isinf(array).any():
        return _beyond(column)
    return None


def _beyond(column: Column) -> str:
    return f"is beyond the range of the column's type, {column.type}"


def _numpy_texts(values: Sequence[Any]) -> Sequence[str]:
    """The values as text, which ends before trailing NULs.

    Not made by numpy, whose arrays of text are as wide as their longest.
    """
    if {*map(type, values)} == {str} and "\0" not in "".join(values):
        return values
    return [str(value).rstrip("\0") for value in values]


def _pandas_text(value: Any) -> str:
    """Text as it is; anything else is a category that no training has seen."""
    if type(value) is str:
        return value
    hash(value)  # scikit-learn looks each value up: a list or an object is a TypeError
    return MISSING_TEXT


def _inferred(values: Sequence[Any]) -> Array:
    """The values as pandas infers them: integers, floats with gaps, booleans, or mixed objects."""
    kinds = set(map(type, values))
    if kinds == {bool}:
        return np.array(values, dtype=np.bool_)
    if kinds == {int}:
        return _integers(values)
    if kinds <= _NUMBERS and kinds != {type(None)}:
        return np.array(values, dtype=np.float64)  # None is read as NaN
    if str in kinds and kinds <= {str, type(None)}:
        return _objects([ABSENT if value is None else value for value in values])
    return _objects(values)


def _integers(values: Sequence[int]) -> Array:
    for dtype in (np.int64, np.uint64):
        try:
            return np.array(values, dtype=dtype)
        except OverflowError:
            continue
    return _objects(values)


def _objects(values: Sequence[Any]) -> Array:
    """The values untouched; `numpy.array` would look into lists."""
    return np.fromiter(values, dtype=np.object_, count=len(values))


def _check_whole(array: Array) -> None:
    """Raises where an integer column would cut a fraction, or has a gap."""
    if array.dtype.kind == "f":
        is_whole = bool(np.all(np.isfinite(array) & (np.trunc(array) == array)))
    elif array.dtype.kind == "O":
        is_whole = all(value.is_integer() for value in array if isinstance(value, float))
    else:
        return
    if not is_whole:
        raise CellError("must be a whole number, not a fraction")
