"""Arrays for one row that are filled again and again: making them anew is half of what it costs."""

import math
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import MISSING_TEXT, Array, DType
from baton_registry.versions.schema import Column

_CODES = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "b1": "?"}
"""numpy's name of a type of numbers to that of `struct`, which fills a buffer without ceremony."""

Fill = Callable[[Sequence[Any]], None]


class LoneRow:
    """The columns of one row. Not for several threads at a time.

    Attributes:
        columns: each column, shape `[1, 1]`; `fill` changes their content.
    """

    def __init__(self, columns: Sequence[Column], dtypes: Mapping[str, DType]) -> None:
        """Makes the arrays. Takes what `Transposer` does."""
        self.columns: dict[str, Array] = {}
        self._groups: list[tuple[list[int], Fill]] = []
        groups: dict[DType, list[int]] = {}
        for place, column in enumerate(columns):
            dtype = dtypes.get(column.name, COLUMN_TYPES[column.type].dtype)
            groups.setdefault(dtype, []).append(place)
        for dtype, places in groups.items():
            block = np.zeros((len(places), 1, 1), dtype)
            self.columns |= {columns[place].name: block[at] for at, place in enumerate(places)}
            self._groups.append((places, _fill_of(block.reshape(-1))))

    def fill(self, row: Sequence[Any]) -> bool:
        """Puts a row's values in; False where one does not fit its type, e.g. a missing flag."""
        try:
            for places, fill in self._groups:
                fill([row[place] for place in places])
        except (struct.error, OverflowError):
            return False
        return True


def _fill_of(cells: Array) -> Fill:
    """Fills the cells, shape `[n]`, with n values; None means missing."""
    if cells.dtype.kind == "O":

        def fill_texts(values: Sequence[Any]) -> None:
            if None in values:
                values = [MISSING_TEXT if value is None else value for value in values]
            cells[:] = values

        return fill_texts
    pack_into: Any = struct.Struct(f"={len(cells)}{_CODES[cells.dtype.str[1:]]}").pack_into
    kind = cells.dtype.kind

    def fill_numbers(values: Sequence[Any]) -> None:
        if None in values:
            if kind != "f":
                raise struct.error("a gap")
            values = [math.nan if value is None else value for value in values]
        pack_into(cells, 0, *values)

    return fill_numbers
