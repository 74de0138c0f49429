"""Builds an encoded matrix from rows or columns."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain

import numpy as np

from baton_engine.onnx.encoding.layout import Layout
from baton_engine.onnx.encoding.numbers import NumberBlock, find_blocks
from baton_engine.onnx.encoding.texts import FAILS, TextColumn, UnknownCategory, find_texts
from baton_engine.tables.columns import Array

GetNumbers = Callable[[NumberBlock], Array]
GetTexts = Callable[[int], Sequence[str | None]]
_MAX_LOOK_UPS = 2**16
"""The most texts that are looked up together: the cell of each takes 8 bytes."""


class Matrix:
    """An encoded matrix.

    Attributes:
        width: the number of cells of a row.
        dtype: the type of the cells.
        numbers: the blocks of numbers.
        texts: the one-hot encoders.
    """

    def __init__(self, layout: Layout, positions: Mapping[str, int]) -> None:
        """Groups the cells. Takes and raises the same as `find_texts`."""
        self.width = len(layout.cells)
        self.dtype = layout.dtype
        self.numbers = find_blocks(layout, positions)
        self.texts = find_texts(layout, positions)

    def build(self, rows: int, get_numbers: GetNumbers, get_texts: GetTexts) -> Array:
        """Builds the matrix, shape `[rows, width]`.

        Args:
            rows: the number of rows.
            get_numbers: returns the values of a block's columns, shape `[rows, columns]`.
            get_texts: returns the texts of a column, by its position in a row.

        Raises:
            UnknownCategory: the model fails on one of the texts.
        """
        cells = np.zeros(rows * self.width + 1, self.dtype)  # the last is for texts without a cell
        matrix = cells[:-1].reshape(rows, self.width)
        with np.errstate(all="ignore"):
            for block in self.numbers:
                block.write(get_numbers(block), matrix)
        starts = np.arange(0, rows * self.width, self.width)
        step = max(1, _MAX_LOOK_UPS // max(1, rows))
        for at in range(0, len(self.texts), step):
            found = _look_up(self.texts[at : at + step], get_texts, rows)
            found += starts
            cells.put(found, 1, mode="clip")
        return matrix


def _look_up(texts: Sequence[TextColumn], get_texts: GetTexts, rows: int) -> Array:
    """Returns the cell of each text in a row of the matrix, shape `[texts, rows]`."""
    found = chain.from_iterable([map(each.look_up, get_texts(each.position)) for each in texts])
    cells = np.fromiter(found, np.int64, rows * len(texts)).reshape(len(texts), rows)
    if any([each.is_strict for each in texts]):  # noqa: C419 - a generator is slower
        fails = (cells == FAILS).any(axis=1)
        if fails.any():
            raise UnknownCategory(texts[fails.argmax()].name)
    return cells
