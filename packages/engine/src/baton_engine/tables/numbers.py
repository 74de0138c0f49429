"""Numbers of whatever width to one column, none of them changed on the way."""

import numpy as np

from baton_engine.tables.cells import IS_MISSING, MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column


def cast_numbers(column: Column, values: Array) -> Array:
    """The numbers in the type of the column; NaN, allowed in optional columns, means missing.

    Args:
        column: of numbers.
        values: integers or floats of any width, shape `[n]`.

    Raises:
        BadCells: a fraction for a whole number, beyond the range of the type, infinite, or NaN.
    """
    bad = ~_is_allowed(column, values)
    if bad.any():
        raise _refusal(column, values, np.flatnonzero(bad)[:MAX_NAMED_CELLS])
    if values.dtype.kind == "f" and np.isnan(values).any():
        return values.astype(np.float64)  # as `to_array` does where a number is missing
    return values.astype(COLUMN_TYPES[column.type].dtype)


def _is_allowed(column: Column, values: Array) -> Array:
    fits: Array
    if COLUMN_TYPES[column.type].is_whole:
        least, greatest = COLUMN_TYPES[column.type].limits
        if values.dtype.kind == "f":
            values = values.astype(np.float64)  # in a half float the bounds are infinite
            # 2**63 - 1 is not a float: stay below the next one
            within = (values >= float(least)) & (values < float(greatest) + 1.0)
            fits = within & (np.trunc(values) == values)
        else:
            fits = (values >= least) & (values <= greatest)
    else:
        with np.errstate(over="ignore"):
            fits = np.isfinite(values.astype(COLUMN_TYPES[column.type].dtype))
    if not column.required and values.dtype.kind == "f":
        fits = fits | np.isnan(values)
    return fits


def _refusal(column: Column, values: Array, rows: Array) -> BadCells:
    cells = []
    for row in rows.tolist():
        value = float(values[row])
        message = f"is beyond the range of the column's type, {column.type}"
        if np.isnan(value):
            message = IS_MISSING
        elif COLUMN_TYPES[column.type].is_whole and np.isfinite(value) and not value.is_integer():
            message = "must be a whole number, not a fraction"
        cells.append(BadCell(row, column.name, message))
    return BadCells(tuple(cells))
