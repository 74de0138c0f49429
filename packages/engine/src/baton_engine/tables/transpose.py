"""Transposes rows to columns, with one array per type: the cost of a single row is in arrays."""

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
    """Converts rows of a schema to columns for an engine. Thread-safe."""

    def __init__(self, columns: Sequence[Column], dtypes: Mapping[str, DType]) -> None:
        """Groups the columns by type.

        Args:
            columns: the columns in the order of a row's values.
            dtypes: the engine's type by column; by default the schema's type.
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
        """Returns columns of shape `[rows, 1]` or `[rows]`. None in optional columns means missing.

        Raises:
            OverflowError: a number does not fit the column's type.
        """
        cells: list[Sequence[Any]] = [*zip(*rows, strict=True)]
        for place in self._texts:
            if None in cells[place]:
                cells[place] = [MISSING_TEXT if text is None else text for text in cells[place]]
        # numpy would read None as False in a boolean column; in an integer column it raises.
        if not any(None in cells[place] for place in self._flags):
            with suppress(TypeError, ValueError, OverflowError), np.errstate(over="ignore"):
                return self._transpose_groups(cells, len(rows))
        return {c.name: to_array(c, v) for c, v in zip(self._columns, cells, strict=True)}

    def _transpose_groups(self, cells: Sequence[Sequence[Any]], rows: int) -> dict[str, Array]:
        columns: dict[str, Array] = {}
        for dtype, places, names in self._groups:
            values = chain.from_iterable([cells[place] for place in places])
            block = np.fromiter(values, dtype, count=rows * len(places))
            columns.update(zip(names, block.reshape(-1, rows, 1), strict=True))
        return columns
