"""A matrix of one row, which every call uses again.

numpy takes longer to call than a row of some numbers takes in plain Python.
"""

import math
import operator
import struct
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from baton_engine.onnx.encoding.layout import FLOAT32, FLOAT64
from baton_engine.onnx.encoding.matrix import Matrix
from baton_engine.onnx.encoding.numbers import CASTS, FILL, NumberBlock
from baton_engine.onnx.encoding.texts import FAILS, NO_CELL, UnknownCategory
from baton_engine.tables.columns import Array

MAX_NUMBERS = 64
"""The most numbers of a row; numpy is faster for more."""

Values = Sequence[float]
Operation = Callable[[Values], Values]
_CODES = {FLOAT32: "f", FLOAT64: "d"}
_FUNCTIONS: Mapping[str, Callable[[float, float], float]] = {
    "Add": operator.add,
    "Div": operator.truediv,
    "Mul": operator.mul,
    "Sub": operator.sub,
}


class LoneMatrix:
    """A matrix of one row. Not thread-safe.

    Attributes:
        matrix: shape `[1, width]`.
    """

    def __init__(self, matrix: Matrix) -> None:
        width = matrix.width
        cells = np.zeros(width + 1, matrix.dtype)  # the last is for texts without a cell
        self.matrix = cells[:width].reshape(1, width)
        self._cells: Any = cells.data  # numpy takes three times as long to set a cell
        self._numbers = [_LoneNumbers(block, cells) for block in matrix.numbers]
        self._texts = [(each.position, each.look_up) for each in matrix.texts]
        self._names = [each.name for each in matrix.texts]
        self._is_strict = any(each.is_strict for each in matrix.texts)
        self._set: list[int] = []

    def fill(self, row: Sequence[Any]) -> None:
        """Fills in a row.

        Raises:
            struct.error, OverflowError: a number does not fit.
            UnknownCategory: the model fails on one of the texts.
        """
        for block in self._numbers:
            block.fill(row)
        cells = self._cells
        for at in self._set:
            cells[at] = 0.0
        found = [look_up(row[at]) for at, look_up in self._texts]
        if self._is_strict and FAILS in found:
            self._set = []
            raise UnknownCategory(self._names[found.index(FAILS)])
        self._set = found = [at if at < NO_CELL else -1 for at in found]
        for at in found:
            cells[at] = 1.0


class _LoneNumbers:
    """Fills in a block of numbers."""

    def __init__(self, block: NumberBlock, cells: Array) -> None:
        count = len(block.columns)
        code = _CODES[cells.dtype]
        start = block.start * cells.dtype.itemsize
        self._columns = block.columns
        self._pack: Any = partial(struct.Struct(f"={count}{code}").pack_into, cells.data, start)
        self._operations = _build_operations(block)
        has_fill = bool(block.cells[0].steps) and block.cells[0].steps[0].operator == FILL
        self._without_gaps = self._operations[1:] if has_fill else self._operations

    def fill(self, row: Sequence[Any]) -> None:
        values: Sequence[Any] = [row[at] for at in self._columns]
        operations = self._operations
        if None in values:
            values = [math.nan if value is None else value for value in values]
        elif not math.isnan(sum(values)):
            operations = self._without_gaps
        for operation in operations:
            values = operation(values)
        self._pack(*values)


def _build_operations(block: NumberBlock) -> list[Operation]:
    """Builds the operations. Results of float32 are rounded before they are used.

    Python computes in double. For the four operations, rounding a double's result to float32 gives
    the result of float32: https://dl.acm.org/doi/10.1145/221332.221334 (Figueroa, 1995).
    """
    rounding = _build_rounding(len(block.cells))
    operations: list[Operation] = []
    dtype, is_rounded = block.dtype, block.dtype == FLOAT64
    for at, step in enumerate(block.cells[0].steps):
        constants = [each.steps[at].constant for each in block.cells]
        if step.operator == FILL:
            operations.append(partial(_fill, constants))
            continue
        if not is_rounded and step.operator != "float32":
            operations.append(rounding)
        if step.operator in CASTS:
            dtype = np.dtype(step.operator)
        else:
            operations.append(partial(_calculate, _FUNCTIONS[step.operator], constants))
        is_rounded = dtype == FLOAT64
    return operations


def _build_rounding(count: int) -> Operation:
    """Builds a function that rounds doubles to float32. Too large: OverflowError."""
    singles = struct.Struct(f"={count}f")
    pack, unpack = singles.pack, singles.unpack

    def round_to_single(values: Values) -> Values:
        return unpack(pack(*values))

    return round_to_single


def _fill(constants: Values, values: Values) -> Values:
    # NaN is the only number that differs from itself.
    return [
        constant if value != value else value  # noqa: PLR0124
        for value, constant in zip(values, constants, strict=True)
    ]


def _calculate(
    function: Callable[[float, float], float], constants: Values, values: Values
) -> Values:
    return [*map(function, values, constants)]
