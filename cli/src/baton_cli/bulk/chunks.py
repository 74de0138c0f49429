"""Some rows of a file: as they stand in it, and as columns of a schema."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Protocol, Self

from arro3.core import Array as ArrowArray
from arro3.core import DataType, RecordBatch

from baton_engine.tables.arrow_values import read_texts, read_values
from baton_engine.tables.casts import cast_column
from baton_engine.tables.cells import BadCell, BadCells
from baton_engine.tables.column_places import find_column_places, find_first_places
from baton_engine.tables.columns import Array
from baton_engine.tables.text.file_cells import cast_file_cells
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Texts
from baton_registry.versions.schema import Column

CHUNK_ROWS = 4096

Misfit = tuple[str, str]
"""A row that is none of the table: where it is, and why."""

_COMMA_NUMBER = re.compile(r"[+-]?[0-9.]*,[0-9]+")


class Chunk(Protocol):
    """Some rows.

    Attributes:
        places: where each row is, e.g. `line 17`.
    """

    @property
    def places(self) -> Sequence[str]:
        """Where each row is."""
        ...

    def read(self, column: Column) -> Array:
        """A column of the file. Raises `BadCells`."""
        ...

    def without(self, rows: Collection[int]) -> Self:
        """The chunk without some rows, counted from 0."""
        ...

    def kept(self, names: Sequence[str]) -> list[ArrowArray]:
        """Columns as they stand in the file."""
        ...


@dataclass(frozen=True)
class CsvChunk:
    """Rows of a CSV file: cells mean what they mean to `baton train`.

    Attributes:
        names: of the columns.
        lines: in which each row begins, from 1.
        cells: each row's, as many as there are names.
        decimal: the mark of numbers.
    """

    names: Sequence[str]
    lines: Sequence[int]
    cells: Sequence[Sequence[str]]
    decimal: str = "."

    @property
    def places(self) -> Sequence[str]:
        """Where each row is."""
        return [f"line {line}" for line in self.lines]

    def read(self, column: Column) -> Array:
        """A column. Raises `BadCells`."""
        texts = self._texts(column.name)
        try:
            return cast_column(column, texts, partial(cast_file_cells, decimal=self.decimal))
        except BadCells as error:
            hinted = (self._hinted(cell, texts[cell.row]) for cell in error.cells)
            raise BadCells(tuple(hinted)) from error

    def without(self, rows: Collection[int]) -> "CsvChunk":
        """The chunk without some rows."""
        left = [row for row in range(len(self.cells)) if row not in rows]
        return replace(
            self, lines=[self.lines[row] for row in left], cells=[self.cells[row] for row in left]
        )

    def kept(self, names: Sequence[str]) -> list[ArrowArray]:
        """Columns of text, as it stands in the file."""
        return [ArrowArray(self._texts(name), DataType.string()) for name in names]

    def _hinted(self, cell: BadCell, text: str) -> BadCell:
        if self.decimal == "," or not _COMMA_NUMBER.fullmatch(text.strip()):
            return cell
        return replace(cell, message=f"{cell.message} (if it has a decimal comma: --decimal ,)")

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return find_first_places(self.names)

    def _texts(self, name: str) -> list[str]:
        at = self._places[name]
        return [row[at] for row in self.cells]


@dataclass(frozen=True)
class ParquetChunk:
    """Rows of a Parquet file.

    Attributes:
        batch: the rows.
        rows: the number of each in the file, from 1.
    """

    batch: RecordBatch
    rows: Sequence[int]

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return find_column_places(self.batch.schema.names)

    @property
    def places(self) -> Sequence[str]:
        """Where each row is."""
        return [f"row {row}" for row in self.rows]

    def read(self, column: Column) -> Array:
        """A column. Raises `BadCells`."""
        array = self.batch.column(self._columns[column.name])
        values = read_texts(array) if column.type == "string" else read_values(array)
        if isinstance(values, Texts):  # an empty text is a gap to `baton train`, too
            values = replace(values, distinct=[text or None for text in values.distinct])
        return cast_typed_values(column, values)

    def without(self, rows: Collection[int]) -> "ParquetChunk":
        """The chunk without some rows."""
        left = [row for row in range(len(self.rows)) if row not in rows]
        taken = self.batch.take(ArrowArray(left, DataType.int64()))
        return ParquetChunk(taken, [self.rows[row] for row in left])

    def kept(self, names: Sequence[str]) -> list[ArrowArray]:
        """Columns in the types of the file."""
        return [self.batch.column(name) for name in names]
