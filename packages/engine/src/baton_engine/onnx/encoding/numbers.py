"""Computes the numbers of a matrix, bit for bit as ONNX Runtime does."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import groupby

import numpy as np

from baton_engine.onnx.encoding.layout import Cell, Layout, Number
from baton_engine.tables.columns import Array, DType

Operation = Callable[[Array], Array]
FILL = "fill"
CASTS = ("float32", "float64")
_FUNCTIONS: Mapping[str, Callable[[Array, Array], Array]] = {
    "Add": np.add,
    "Div": np.divide,
    "Mul": np.multiply,
    "Sub": np.subtract,
}


class NumberBlock:
    """Neighbouring numbers of one type with the same operators.

    Attributes:
        cells: the numbers.
        columns: the positions of their columns in a row.
        dtype: the type in which the columns enter.
        start: the first number's cell in a row of the matrix.
    """

    def __init__(self, cells: Sequence[Number], start: int, positions: Mapping[str, int]) -> None:
        self.cells = cells
        self.columns = [positions[each.column] for each in cells]
        self.dtype = cells[0].dtype
        self.start = start
        self._place = slice(start, start + len(cells))
        self._operations = _build_operations(cells)

    def write(self, values: Array, matrix: Array) -> None:
        """Writes the numbers of each row into the matrix.

        Args:
            values: those of the columns, shape `[rows, columns]`, in `dtype`.
            matrix: shape `[rows, cells]`.
        """
        for operation in self._operations:
            values = operation(values)
        matrix[:, self._place] = values


def find_blocks(layout: Layout, positions: Mapping[str, int]) -> list[NumberBlock]:
    """Finds the blocks of a matrix's numbers.

    Args:
        layout: the matrix.
        positions: the columns' positions in a row.
    """
    blocks, start = [], 0
    for kind, group in groupby(layout.cells, _describe):
        cells = [*group]
        if kind is not None:
            numbers = [each for each in cells if isinstance(each, Number)]
            blocks.append(NumberBlock(numbers, start, positions))
        start += len(cells)
    return blocks


def _describe(cell: Cell) -> tuple[DType, tuple[str, ...]] | None:
    """Returns what all numbers of a block have in common; None for a flag."""
    if not isinstance(cell, Number):
        return None
    return cell.dtype, tuple(step.operator for step in cell.steps)


def _build_operations(cells: Sequence[Number]) -> list[Operation]:
    dtype, operations = cells[0].dtype, list[Operation]()
    for at, step in enumerate(cells[0].steps):
        constants = np.array([each.steps[at].constant for each in cells], dtype)
        if step.operator in CASTS:
            dtype = np.dtype(step.operator)
            operations.append(partial(_cast, dtype))
        elif step.operator == FILL:
            operations.append(partial(_fill, constants))
        else:
            operations.append(partial(_calculate, _FUNCTIONS[step.operator], constants))
    return operations


def _cast(dtype: DType, values: Array) -> Array:
    return values.astype(dtype)


def _fill(constants: Array, values: Array) -> Array:
    return np.where(np.isnan(values), constants, values)


def _calculate(function: Callable[..., Array], constants: Array, values: Array) -> Array:
    return function(values, constants)
