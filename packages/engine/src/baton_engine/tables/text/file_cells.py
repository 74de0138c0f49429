"""Casts the cells of a CSV file to a column, by the rules of `baton train`."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from baton_engine.tables.casts import cast_column
from baton_engine.tables.cell_errors import BadCells, CellError
from baton_engine.tables.cell_messages import MISSING_MESSAGE
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_engine.tables.text.csv_cells import cast_csv_cells, cast_plain_numbers
from baton_engine.tables.text.missing_values import is_missing
from baton_engine.tables.values import Texts
from baton_registry.versions.schema import Column


def cast_file_texts(column: Column, texts: Texts, decimal: str = ".") -> Array:
    """Casts the cells of a column, each distinct text once.

    Args:
        column: the column.
        texts: one text per row, none of them None; no distinct one without a row.
        decimal: the decimal mark.

    Raises:
        BadCells: as `cast_column` for `cast_file_cells`.
    """
    cast = partial(cast_file_cells, decimal=decimal)
    try:
        # Whether a column is of numbers or booleans, and whether one is missing, depends on the set
        # of texts only.
        return cast_column(column, texts.distinct, cast)[texts.codes]
    except BadCells:
        return cast_column(column, texts.to_list(), cast)  # names the rows


def cast_file_cells(column: Column, values: Sequence[str], decimal: str = ".") -> Array:
    """Casts cells to the column's type. See `to_array` for missing values.

    Args:
        column: the column.
        values: one value per row.
        decimal: the decimal mark. With a comma, numbers with a point are rejected.

    Raises:
        ValueError: a value does not have the column's type, or a required value is missing.
    """
    if decimal == "." and (plain := cast_plain_numbers(column, values)) is not None:
        return plain
    missing = frozenset(text for text in {*values} if is_missing(text))
    if missing and column.required:
        raise CellError(MISSING_MESSAGE)
    if COLUMN_TYPES[column.type].is_text:
        return cast_csv_cells(column, values, missing)
    texts = [text.strip() for text in values if text not in missing]
    if decimal == ",":
        texts = [_replace_comma(text) for text in texts]
    present = cast_csv_cells(column, texts, frozenset())
    if not missing:
        return present
    array = np.full(len(values), np.nan)
    array[[text not in missing for text in values]] = present
    return array


def _replace_comma(text: str) -> str:
    if "." in text:
        raise CellError("must be a number with a decimal comma")
    return text.replace(",", ".")
