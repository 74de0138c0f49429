"""Converts column values to numpy arrays for the engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_registry.versions.schema import Column

Array = NDArray[Any]
DType = np.dtype[Any]

MATRIX_NDIM = 2
"""The dimensions of an array with rows and columns."""

ENCODED_MISSING = ""
"""A missing category. No trained category is empty, so one-hot encoding gives zeros."""


def to_array(column: Column, values: Sequence[Any]) -> Array:
    """Converts the values to an array of shape `[n]`. None in optional columns means missing.

    A missing number is NaN, and the array is float64. Missing text is `ENCODED_MISSING`. Datetimes
    are texts.

    Raises:
        OverflowError: a number does not fit the column's type.
    """
    if COLUMN_TYPES[column.type].is_text:
        if not column.required:
            values = [ENCODED_MISSING if value is None else value for value in values]
        return np.array(values, dtype=np.object_)
    if not column.required and None in values:
        return np.array(values, dtype=np.float64)  # numpy reads None as NaN
    return np.array(values, dtype=COLUMN_TYPES[column.type].dtype)
