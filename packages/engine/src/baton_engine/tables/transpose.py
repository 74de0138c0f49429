"""Rows to columns, all columns of a type in one array: a lone row costs by the array."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import MISSING_TEXT, Array, DType, to_array
from baton_registry.versions.schema import Column

Rows = Sequence[tuple[Any, ...]]


class Transposer:
    """Rows of one schema as the columns of an engine. Safe to use from several threads."""

    def __init__(self, columns: Sequence[Column], dtypes: Mapping[str, DType]) -> None:
        """Groups the columns by type.

        Args:
            columns: the order of a row's values.
            dtypes: column to the type that the engine takes it in; a column without one keeps the
                type of its schema.
        """
        self._columns = columns
        self._texts = [
            place
            for place, column in enumerate(columns)
            if column.type == "string" and not column.required
        ]
        groups: dict[DType, list[int]] = {}
        for place, column in enumerate(columns):
            dtype = dtypes.get(column.name, COLUMN_TYPES[column.type].dtype)
            groups.setdefault(dtype, []).append(place)
        self._flags = [
            place
            for dtype, places in groups.items()
            for place in places
            if dtype.kind == "b" and not columns[place].required
        ]
        self._groups = [
            (dtype, places, [columns[place].name for place in places])
            for dtype, places in groups.items()
        ]

    def transpose(self, rows: Rows) -> dict[str, Array]:
        """Each column, shape `[rows, 1]` or `[rows]`; None, in an optional column, means missing.

        Raises:
            OverflowError: a number does not fit the column's type.
        """
        cells: list[Sequence[Any]] = [*zip(*rows, strict=True)]
        for place in self._texts:
            if None in cells[place]:
                cells[place] = [MISSING_TEXT if text is None else text for text in cells[place]]
        # numpy would read a gap among booleans as False; it refuses one among whole numbers.
        if not any(None in cells[place] for place in self._flags):
            with suppress(TypeError, ValueError, OverflowError), np.errstate(over="ignore"):
                return self._by_group(cells, len(rows))
        return {c.name: to_array(c, v) for c, v in zip(self._columns, cells, strict=True)}

    def _by_group(self, cells: Sequence[Sequence[Any]], rows: int) -> dict[str, Array]:
        found: dict[str, Array] = {}
        for dtype, places, names in self._groups:
            values = chain.from_iterable([cells[place] for place in places])
            block = np.fromiter(values, dtype, count=rows * len(places))
            found.update(zip(names, block.reshape(-1, rows, 1), strict=True))
        return found
