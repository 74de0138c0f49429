"""Reads the features of logged rows as inference would have read them for another version."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from arro3.core import Array as ArrowArray
from numpy.typing import NDArray

from baton_common.prediction_log import FEATURE
from baton_engine.tables.arrow.array_values import read_texts, read_values
from baton_engine.tables.cell_errors import BadCells
from baton_engine.tables.columns import Array
from baton_engine.tables.typed_values import WrongType, cast_typed_values
from baton_engine.tables.values import Texts, Unsupported, Values
from baton_registry.versions.schema import Column

_Mask = NDArray[np.bool_]


class LoggedFeatures(NamedTuple):
    """The features of the rows that a version accepts.

    Attributes:
        arrays: by the names of the columns, shape `[accepted rows]`.
        is_accepted: which rows these are, shape `[rows]`. Of the others, a required value is
            missing, or a value does not fit the type of its column.
    """

    arrays: Mapping[str, Array]
    is_accepted: _Mask


def read_features(table: pa.Table, columns: Sequence[Column]) -> LoggedFeatures:
    """Reads features.

    Args:
        table: rows of the log, with all of the columns.
        columns: those of the other version's schema.

    Raises:
        BadCells: the type of a whole column does not fit.
    """
    values = {each.name: _read_values(each, table[FEATURE + each.name]) for each in columns}
    is_accepted = np.ones(table.num_rows, np.bool_)
    for column in columns:
        _reject_rows(column, values[column.name], is_accepted)
    arrays = {}
    if is_accepted.any():
        for column in columns:
            accepted = _take(values[column.name], is_accepted)
            arrays[column.name] = cast_typed_values(column, accepted)
    return LoggedFeatures(arrays, is_accepted)


def _read_values(column: Column, cells: pa.ChunkedArray) -> Values:
    array = ArrowArray.from_arrow(cells.combine_chunks())
    values = read_texts(array) if column.type == "string" else read_values(array)
    if isinstance(values, Texts) and not column.required:  # there an empty text means missing
        return replace(values, distinct=[text or None for text in values.distinct])
    return values


def _reject_rows(column: Column, values: Values, is_accepted: _Mask) -> None:
    """Clears the mask of the rows whose cell the column does not allow."""
    while is_accepted.any():
        try:
            cast_typed_values(column, _take(values, is_accepted))
        except WrongType:
            raise
        except BadCells as error:  # it names a limited number of them
            accepted = np.flatnonzero(is_accepted)
            is_accepted[accepted[[cell.row for cell in error.cells]]] = False
        else:
            return


def _take(values: Values, is_taken: _Mask) -> Values:
    if isinstance(values, Unsupported):
        return values
    if isinstance(values, Texts):
        return replace(values, codes=values.codes[is_taken])
    return np.asarray(values[is_taken])
