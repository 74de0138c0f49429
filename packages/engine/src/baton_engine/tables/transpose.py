"""Transposes rows to columns, with one array per type.

Creating arrays dominates the cost of a single row.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import ENCODED_MISSING, Array, DType, to_array
from baton_registry.versions.schema import Column

Rows = Sequence[tuple[Any, ...]]


class Transposer:
    """Converts rows of a schema to columns for an engine. Thread-safe."""

    def __init__(self, columns: Sequence[Column], dtypes: Mapping[str, DType]) -> None:
        """Groups the columns by type.

        Args:
            columns: the columns in the order of a row's values.
            dtypes: the engine's type by column; by default the schema's type.
        """
        self._columns = columns
        self._texts = [
            index
            for index, column in enumerate(columns)
            if COLUMN_TYPES[column.type].is_text and not column.required
        ]
        groups: dict[DType, list[int]] = {}
        for index, column in enumerate(columns):
            dtype = dtypes.get(column.name, COLUMN_TYPES[column.type].dtype)
            groups.setdefault(dtype, []).append(index)
        self._flags = [
            index
            for dtype, indices in groups.items()
            for index in indices
            if dtype.kind == "b" and not columns[index].required
        ]
        self._groups = [
            (dtype, indices, [columns[index].name for index in indices])
            for dtype, indices in groups.items()
        ]

    def transpose(self, rows: Rows) -> dict[str, Array]:
        """Returns columns of shape `[rows, 1]` or `[rows]`. None in optional columns means missing.

        Raises:
            OverflowError: a number does not fit the column's type.
        """
        return self.convert([*zip(*rows, strict=True)], len(rows))

    def convert(self, cells: list[Sequence[Any]], rows: int) -> dict[str, Array]:
        """Converts the cells of each column, as `transpose` does. May change the list."""
        for index in self._texts:
            if None in cells[index]:
                cells[index] = [ENCODED_MISSING if text is None else text for text in cells[index]]
        # numpy would read None as False in a boolean column; in an integer column it raises.
        if not any(None in cells[index] for index in self._flags):
            with suppress(TypeError, ValueError, OverflowError), np.errstate(over="ignore"):
                return self._transpose_groups(cells, rows)
        return {c.name: to_array(c, v) for c, v in zip(self._columns, cells, strict=True)}

    def _transpose_groups(self, cells: Sequence[Sequence[Any]], rows: int) -> dict[str, Array]:
        columns: dict[str, Array] = {}
        for dtype, indices, names in self._groups:
            values = chain.from_iterable([cells[index] for index in indices])
            block = np.fromiter(values, dtype, count=rows * len(indices))
            columns.update(zip(names, block.reshape(-1, rows, 1), strict=True))
        return columns
