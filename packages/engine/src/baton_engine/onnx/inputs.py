"""The inputs of an ONNX model: builds what a session takes from columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array, DType
from baton_registry.versions.schema import Schema

_DTYPES: dict[str, DType] = {each.onnx: each.dtype for each in COLUMN_TYPES.values()}
_TABLE = 2
_SHOWN = 3


class Inputs:
    """One input per column, or one for all columns.

    Attributes:
        dtypes: the type of each column's input.
    """

    def __init__(self, nodes: Sequence[Any], schema: Schema) -> None:
        """Matches the inputs with the columns.

        Args:
            nodes: ONNX Runtime's descriptions of the inputs.
            schema: the columns.

        Raises:
            EngineError: the inputs are not the schema's columns, or have another type or size.
        """
        self._columns = tuple(column.name for column in schema.columns)
        self._inputs = {each.name: _get_dtype(each) for each in nodes}
        self._matrix = ""
        if len(nodes) == 1 and (len(self._columns) > 1 or schema.is_matrix):
            self._matrix = nodes[0].name
            self.dtypes = dict.fromkeys(self._columns, self._inputs[self._matrix])
        elif set(self._inputs) == set(self._columns):
            self.dtypes = self._inputs
        else:
            names = sorted(set(self._inputs) ^ set(self._columns))[:_SHOWN]
            raise EngineError(f"the inputs of the ONNX model are not the schema's columns: {names}")

    def build_feed(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        """Builds the session's inputs from columns of shape `[n]` or `[n, 1]`."""
        if self._matrix:
            dtype = self._inputs[self._matrix]
            return {self._matrix: np.hstack([_cast(columns[c], dtype) for c in self._columns])}
        return {
            # No call unless it is needed: calls are most of the cost of a single row.
            name: column
            if (column := columns[name]).dtype is dtype and column.ndim == _TABLE
            else _cast(column, dtype)
            for name, dtype in self._inputs.items()
        }

    def share(self, row: LoneRow) -> Mapping[str, Array]:
        """Returns the session's inputs of a single row, which share its memory."""
        return {self._matrix: row.matrix} if self._matrix else row.columns


def _cast(column: Array, dtype: DType) -> Array:
    """Casts a column to `[n, 1]` and the type of its input. Too large doubles become infinite.

    Raises:
        EngineError: a value is missing, and the input takes integers or booleans.
    """
    if column.ndim == 1:
        column = column.reshape(-1, 1)
    if column.dtype == dtype:
        return column
    if column.dtype.kind == "f" and dtype.kind != "f" and np.isnan(column).any():
        raise EngineError(
            "a value is missing in a column of integers or booleans of the ONNX model"
        )
    with np.errstate(over="ignore"):
        return column.astype(dtype)


def _get_dtype(node: Any) -> DType:
    if node.type not in _DTYPES:
        raise EngineError(f"the ONNX input {node.name!r} is a {node.type}, which is not supported")
    return _DTYPES[node.type]
