"""Cells of a CSV file to one column, by the rules by which `baton train` reads such a file."""

from collections.abc import Sequence

import numpy as np

from baton_engine.tables.cells import IS_MISSING, CellError
from baton_engine.tables.columns import Array
from baton_engine.tables.text.csv_cells import cast_csv_cells
from baton_engine.tables.text.missing_values import is_missing
from baton_registry.versions.schema import Column


def cast_file_cells(column: Column, values: Sequence[str], decimal: str = ".") -> Array:
    """The cells in the type of the column; a gap in an optional one is missing, as `to_array` says.

    Args:
        column: what the values must be.
        values: one a row.
        decimal: the mark of numbers; where it is a comma, a point may be that of thousands.

    Raises:
        ValueError: a value is not of the column's type, or a gap in a required column.
    """
    gaps = frozenset(text for text in {*values} if is_missing(text))
    if gaps and column.required:
        raise CellError(IS_MISSING)
    if column.type == "string":
        return cast_csv_cells(column, values, gaps)
    texts = [text.strip() for text in values if text not in gaps]
    if decimal == ",":
        texts = [_with_point(text) for text in texts]
    present = cast_csv_cells(column, texts, frozenset())
    if not gaps:
        return present
    array = np.full(len(values), np.nan)
    array[[text not in gaps for text in values]] = present
    return array


def _with_point(text: str) -> str:
    if "." in text:
        raise CellError("must be a number with a decimal comma")
    return text.replace(",", ".")
