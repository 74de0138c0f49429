"""Feeds a graph whose encoding is cut out."""

import struct
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from baton_engine.onnx.encoding.cutting import Cut
from baton_engine.onnx.encoding.lone_matrix import MAX_NUMBERS, LoneMatrix
from baton_engine.onnx.encoding.matrix import Matrix
from baton_engine.onnx.encoding.numbers import NumberBlock
from baton_engine.onnx.feeder import Feed
from baton_engine.onnx.inputs import cast_column
from baton_engine.onnx.lone_row import LoneRow
from baton_engine.tables.columns import Array, DType
from baton_engine.tables.transpose import Rows, Transposer
from baton_registry.versions.schema import Schema


class EncodedFeeder:
    """Feeds encoded matrices, and one input for each column that remains. See `Feeder`."""

    def __init__(self, cut: Cut, schema: Schema, dtypes: Mapping[str, DType]) -> None:
        """Groups the columns.

        Args:
            cut: what the graph takes.
            schema: the columns.
            dtypes: the type of each column's input.

        Raises:
            EngineError: a layout is unusual.
        """
        columns = schema.columns
        self._names = [each.name for each in columns]
        positions = {name: at for at, name in enumerate(self._names)}
        self._matrices = {name: Matrix(each, positions) for name, each in cut.matrices.items()}
        self._kept = {name: dtypes[name] for name in self._names if name in cut.kept}
        self._kept_positions = [positions[name] for name in self._kept]
        self._transposer = Transposer(columns, dtypes)
        kept = [columns[at] for at in self._kept_positions]
        self._kept_transposer = Transposer(kept, self._kept)
        self._lone = [*map(LoneMatrix, self._matrices.values())]
        self._lone_row = LoneRow(columns, dtypes, self._kept) if kept else None
        self._lone_feed: dict[str, Array] = {
            name: each.matrix for name, each in zip(self._matrices, self._lone, strict=True)
        }
        if self._lone_row:
            self._lone_feed |= self._lone_row.columns
        blocks = [block for each in self._matrices.values() for block in each.numbers]
        self._is_narrow = sum(len(each.columns) for each in blocks) <= MAX_NUMBERS

    def feed_columns(self, columns: Mapping[str, Array]) -> Feed:
        """See `Feeder`. Raises `UnknownCategory` if the model fails on one of the texts."""
        names = self._names

        def get_numbers(block: NumberBlock) -> Array:
            return np.hstack([cast_column(columns[names[at]], block.dtype) for at in block.columns])

        def get_texts(position: int) -> Sequence[str]:
            texts: list[str] = columns[names[position]].ravel().tolist()
            return texts

        rows = len(columns[names[0]])
        feed = {
            name: matrix.build(rows, get_numbers, get_texts)
            for name, matrix in self._matrices.items()
        }
        return feed | {name: cast_column(columns[name], each) for name, each in self._kept.items()}

    def feed_rows(self, rows: Rows) -> Feed:
        """See `Feeder`. Raises `UnknownCategory` if the model fails on one of the texts."""
        try:
            return self._feed_cells([*zip(*rows, strict=True)], len(rows))
        except (TypeError, ValueError, OverflowError):
            return self.feed_columns(self._transposer.transpose(rows))

    def feed_lone_row(self, row: Sequence[Any]) -> Feed | None:
        """See `Feeder`. Raises `UnknownCategory` if the model fails on one of the texts."""
        if not self._is_narrow:
            return None
        try:
            for matrix in self._lone:
                matrix.fill(row)
        except (struct.error, OverflowError):
            return None
        if self._lone_row and not self._lone_row.fill(row):
            return None
        return self._lone_feed

    def _feed_cells(self, cells: Sequence[Sequence[Any]], rows: int) -> Feed:
        def get_numbers(block: NumberBlock) -> Array:
            values = chain.from_iterable([cells[at] for at in block.columns])
            count = len(block.columns)
            return np.fromiter(values, block.dtype, rows * count).reshape(count, rows).T

        feed = {
            name: matrix.build(rows, get_numbers, cells.__getitem__)
            for name, matrix in self._matrices.items()
        }
        if not self._kept:
            return feed
        kept = self._kept_transposer.convert([cells[at] for at in self._kept_positions], rows)
        return feed | {name: cast_column(kept[name], each) for name, each in self._kept.items()}
