"""Reusable arrays for a single row: creating them is half of a row's cost."""

import math
import struct
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

import numpy as np

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import ENCODED_MISSING, Array, DType
from baton_registry.versions.schema import Column

CODES = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "b1": "?"}
"""numpy's type codes to those of `struct`, which fills a buffer quickly."""

Fill = Callable[[Sequence[Any]], None]


class LoneRow:
    """The columns of a single row. Not thread-safe.

    Attributes:
        columns: the columns, shape `[1, 1]`; `fill` sets their content.
        matrix: all columns, shape `[1, columns]`, if they have one type; else only the last type's.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        dtypes: Mapping[str, DType],
        chosen: Container[str] | None = None,
    ) -> None:
        """Creates the arrays. See `Transposer` for the arguments; `chosen` names some columns."""
        self.columns: dict[str, Array] = {}
        self._groups: list[tuple[list[int], Fill]] = []
        groups: dict[DType, list[int]] = {}
        for index, column in enumerate(columns):
            if chosen is not None and column.name not in chosen:
                continue
            dtype = dtypes.get(column.name, COLUMN_TYPES[column.type].dtype)
            groups.setdefault(dtype, []).append(index)
        for dtype, indices in groups.items():
            block = np.zeros((len(indices), 1, 1), dtype)
            self.matrix: Array = block.reshape(1, -1)
            self.columns |= {columns[index].name: block[at] for at, index in enumerate(indices)}
            self._groups.append((indices, _create_fill(block.reshape(-1))))

    def fill(self, row: Sequence[Any]) -> bool:
        """Fills in a row. Returns False if a value does not fit, e.g. a missing boolean."""
        try:
            for indices, fill in self._groups:
                fill([row[index] for index in indices])
        except (struct.error, OverflowError):
            return False
        return True


def _create_fill(cells: Array) -> Fill:
    """Creates a function that fills the cells, shape `[n]`, with n values. None means missing."""
    if cells.dtype.kind == "O":

        def fill_texts(values: Sequence[Any]) -> None:
            if None in values:
                values = [ENCODED_MISSING if value is None else value for value in values]
            cells[:] = values

        return fill_texts
    pack_into: Any = struct.Struct(f"={len(cells)}{CODES[cells.dtype.str[1:]]}").pack_into
    kind = cells.dtype.kind

    def fill_numbers(values: Sequence[Any]) -> None:
        if None in values:
            if kind != "f":
                raise struct.error("a missing value")
            values = [math.nan if value is None else value for value in values]
        pack_into(cells, 0, *values)

    return fill_numbers
