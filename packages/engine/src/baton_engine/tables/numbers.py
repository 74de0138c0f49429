"""Casts numbers of any width to a column without changing a value."""

import numpy as np

from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.cell_messages import (
    FRACTION_MESSAGE,
    MISSING_MESSAGE,
    format_range_message,
)
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column


def cast_numbers(column: Column, values: Array) -> Array:
    """Casts numbers to the column's type. NaN in optional columns means missing.

    Args:
        column: a column of numbers.
        values: integers or floats of any width, shape `[n]`.

    Raises:
        BadCells: a value is NaN, infinite, out of range, or a fraction in an integer column.
    """
    is_bad = ~_is_allowed(column, values)
    if is_bad.any():
        raise _build_bad_cells(column, values, np.flatnonzero(is_bad)[:MAX_NAMED_CELLS])
    if values.dtype.kind == "f" and np.isnan(values).any():
        return values.astype(np.float64)  # as `to_array` does for missing numbers
    return values.astype(COLUMN_TYPES[column.type].dtype)


def _is_allowed(column: Column, values: Array) -> Array:
    fits: Array
    if COLUMN_TYPES[column.type].is_integer:
        least, greatest = COLUMN_TYPES[column.type].limits
        if values.dtype.kind == "f":
            values = values.astype(np.float64)  # the limits are infinite in half precision
            # 2**63 - 1 is not a float, so compare with 2**63
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


def _build_bad_cells(column: Column, values: Array, rows: Array) -> BadCells:
    cells = []
    for row in rows.tolist():
        value = float(values[row])
        message = format_range_message(column.type)
        if np.isnan(value):
            message = MISSING_MESSAGE
        elif COLUMN_TYPES[column.type].is_integer and np.isfinite(value) and not value.is_integer():
            message = FRACTION_MESSAGE
        cells.append(BadCell(row, column.name, message))
    return BadCells(tuple(cells))
