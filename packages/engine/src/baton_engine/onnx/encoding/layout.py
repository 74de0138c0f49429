"""Describes a tensor of a graph by the columns that its cells come from."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from baton_engine.tables.columns import DType

FLOAT32: DType = np.dtype(np.float32)
FLOAT64: DType = np.dtype(np.float64)


class Step(NamedTuple):
    """An operation on a number.

    Attributes:
        operator: `fill` replaces NaN; the others are those of ONNX: `Add`, `Sub`, `Mul`, `Div`,
            and the casts `float32` and `float64`.
        constant: its second operand; 0 for a cast.
    """

    operator: str
    constant: float = 0.0


class Number(NamedTuple):
    """A cell that is computed from a number.

    Attributes:
        column: the column.
        dtype: the type in which the column enters.
        steps: the operations, in order.
    """

    column: str
    dtype: DType
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class OneHot:
    """A one-hot encoder.

    Attributes:
        column: the column of texts.
        categories: its texts.
        is_strict: another text fails the call.
    """

    column: str
    categories: tuple[str, ...]
    is_strict: bool


class Flag(NamedTuple):
    """A cell that is 1 if a text is this category, else 0."""

    encoder: OneHot
    category: str


Cell = Number | Flag


@dataclass(frozen=True, slots=True)
class Layout:
    """A tensor of shape `[rows, cells]`.

    Attributes:
        cells: the cells of a row.
        dtype: the type of the tensor.
        is_cube: the shape is `[rows, 1, cells]`, as one-hot encoding gives.
    """

    cells: tuple[Cell, ...]
    dtype: DType
    is_cube: bool = False
