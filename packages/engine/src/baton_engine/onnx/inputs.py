"""The inputs of an ONNX model: builds what a session takes from columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import MATRIX_NDIM, Array, DType
from baton_engine.tables.text.datetimes import convert_datetimes
from baton_registry.versions.schema import Column, Schema

_DTYPES: dict[str, DType] = {each.onnx: each.dtype for each in COLUMN_TYPES.values()}
_SHOWN = 3


class Inputs:
    """One input per column, or one for all columns.

    Attributes:
        dtypes: the type of each column before `build_feed`: that of its input, unless only
            `build_feed` can convert to it.
        is_matrix: there is one input for all columns.
    """

    def __init__(self, nodes: Sequence[Any], schema: Schema) -> None:
        """Matches the inputs with the columns.

        Args:
            nodes: ONNX Runtime's descriptions of the inputs.
            schema: the columns.

        Raises:
            EngineError: the inputs are not the schema's columns, or have another type or shape.
        """
        columns = schema.columns
        self._columns = tuple(column.name for column in columns)
        self._inputs = {each.name: _get_dtype(each) for each in nodes}
        self._matrix = ""
        taken: Mapping[str, DType] = self._inputs
        if len(nodes) == 1 and (len(columns) > 1 or schema.is_matrix):
            self._matrix = nodes[0].name
            taken = dict.fromkeys(self._columns, self._inputs[self._matrix])
        elif set(self._inputs) != set(self._columns):
            names = sorted(set(self._inputs) ^ set(self._columns))[:_SHOWN]
            raise EngineError(f"the inputs of the ONNX model are not the schema's columns: {names}")
        for node in nodes:
            _check_shape(node, len(columns) if self._matrix else 1)
        self.dtypes = {each.name: _choose_dtype(each, taken[each.name]) for each in columns}
        self.is_matrix = bool(self._matrix)
        self._is_direct = all(self.dtypes[name] == dtype for name, dtype in taken.items())

    def build_feed(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        """Builds the session's inputs from columns of shape `[n]` or `[n, 1]`.

        Raises:
            EngineError: an input takes integers or booleans, and a value is not one.
        """
        if self._matrix:
            dtype = self._inputs[self._matrix]
            return {
                self._matrix: np.hstack([cast_column(columns[c], dtype) for c in self._columns])
            }
        return {
            # No call unless it is needed: calls are most of the cost of a single row.
            name: column
            if (column := columns[name]).dtype is dtype and column.ndim == MATRIX_NDIM
            else cast_column(column, dtype)
            for name, dtype in self._inputs.items()
        }

    def share(self, row: LoneRow) -> Mapping[str, Array] | None:
        """Returns the inputs of a single row, which share its memory; None if that cannot be."""
        if not self._is_direct:
            return None
        return {self._matrix: row.matrix} if self._matrix else row.columns


def _choose_dtype(column: Column, taken: DType) -> DType:
    """Chooses the type of a column before `build_feed`, for an input that takes `taken`.

    Raises:
        EngineError: the input takes texts and the column has none, or the other way around.
    """
    own = COLUMN_TYPES[column.type].dtype
    if column.type == "datetime" and taken.kind in "fiO":
        return own
    if (own.kind == "O") != (taken.kind == "O") or column.type == "datetime":
        wanted = "texts" if taken.kind == "O" else f"{taken.name} values"
        raise EngineError(
            f"column {column.name!r} is {column.type} in the schema, but the ONNX model takes"
            f" {wanted}; log the model with the schema of its inputs"
        )
    is_narrower = taken.kind != "f" and not np.can_cast(own, taken)
    return own if is_narrower else taken


def cast_column(column: Array, dtype: DType) -> Array:
    """Casts a column to `[n, 1]` and the type of its input. Too large doubles become infinite.

    Raises:
        EngineError: the input takes integers or booleans, and a value is not one.
    """
    if column.ndim == 1:
        column = column.reshape(-1, 1)
    if column.dtype == dtype:
        return column
    if column.dtype.kind == "O":
        column = convert_datetimes(column.ravel().tolist(), dtype).reshape(-1, 1)
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return column.astype(dtype)
    if column.dtype.kind == "f" and np.isnan(column).any():
        raise EngineError(
            "a value is missing in a column of integers or booleans of the ONNX model"
        )
    with np.errstate(invalid="ignore"):
        cast = column.astype(dtype)
    if (cast != column).any():
        raise EngineError(f"the ONNX model takes {dtype.name} values, and a value is not one")
    return cast


def _get_dtype(node: Any) -> DType:
    if node.type not in _DTYPES:
        raise EngineError(f"the ONNX input {node.name!r} is a {node.type}, which is not supported")
    return _DTYPES[node.type]


def _check_shape(node: Any, width: int) -> None:
    """Checks the declared shape of an input; ONNX Runtime gives names for sizes that vary."""
    if not node.shape:
        return
    rows, *columns = node.shape
    if len(columns) != 1 or (isinstance(columns[0], int) and columns[0] != width):
        raise EngineError(
            f"the ONNX input {node.name!r} has the shape {node.shape}; the schema's columns need"
            f" [rows, {width}]"
        )
    if isinstance(rows, int):
        raise EngineError(
            f"the ONNX input {node.name!r} takes exactly {rows} rows; export the model with a first"
            " dimension that varies"
        )
