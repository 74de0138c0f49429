"""Chunks of rows: their cells as in the file, and as columns of a schema."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, Self

from arro3.core import Array as ArrowArray
from arro3.core import DataType, RecordBatch

from baton_engine.tables.arrow.array_types import is_encoded
from baton_engine.tables.arrow.array_values import read_texts, read_values
from baton_engine.tables.cell_errors import BadCell, BadCells
from baton_engine.tables.column_indices import find_column_indices, find_first_indices
from baton_engine.tables.columns import Array
from baton_engine.tables.text.file_cells import cast_file_texts
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Texts
from baton_registry.versions.schema import Column

CHUNK_ROWS = 4096

MalformedRow = tuple[str, str]
"""A row that does not fit the table: its position, and the reason."""

_COMMA_NUMBER = re.compile(r"[+-]?[0-9.]*,[0-9]+")


@dataclass(frozen=True)
class RowPositions:
    """The positions of rows in a file, which only messages need.

    Attributes:
        unit: what the numbers count: `line` or `row`.
        numbers: the number of each row's first line or of the row, from 1.
    """

    unit: str
    numbers: Sequence[int]

    def __len__(self) -> int:
        """Counts the rows."""
        return len(self.numbers)

    def __getitem__(self, row: int) -> str:
        """Formats the position of a row, e.g. `line 17`."""
        return f"{self.unit} {self.numbers[row]}"

    def __iter__(self) -> Iterator[str]:
        """Formats the position of each row."""
        return (self[row] for row in range(len(self)))


class Chunk(Protocol):
    """Some rows of a file."""

    @property
    def positions(self) -> RowPositions:
        """The position of each row."""
        ...

    def read(self, column: Column) -> Array:
        """Reads a column. Raises `BadCells`."""
        ...

    def drop(self, rows: Collection[int]) -> Self:
        """Returns the chunk without some rows, counted from 0."""
        ...

    def copy_columns(self, names: Sequence[str]) -> list[ArrowArray]:
        """Copies columns unchanged."""
        ...


@dataclass(frozen=True)
class CsvChunk:
    """Rows of a CSV file. Cells are read as `baton train` reads them.

    Attributes:
        names: the columns.
        lines: the line in which each row begins, from 1.
        columns: the cells of each column.
        decimal: the decimal mark.
    """

    names: Sequence[str]
    lines: Sequence[int]
    columns: Sequence[Texts]
    decimal: str = "."

    @property
    def positions(self) -> RowPositions:
        """The position of each row."""
        return RowPositions("line", self.lines)

    def read(self, column: Column) -> Array:
        """Reads a column. Raises `BadCells`."""
        texts = self._get_texts(column.name)
        try:
            return cast_file_texts(column, texts, self.decimal)
        except BadCells as error:
            cells = (self._add_hint(cell, texts) for cell in error.cells)
            raise BadCells(tuple(cells)) from error

    def drop(self, rows: Collection[int]) -> "CsvChunk":
        """Returns the chunk without some rows."""
        remaining = [row for row in range(len(self.lines)) if row not in rows]
        return replace(
            self,
            lines=[self.lines[row] for row in remaining],
            columns=[column.take(remaining) for column in self.columns],
        )

    def copy_columns(self, names: Sequence[str]) -> list[ArrowArray]:
        """Copies columns as text."""
        return [_to_arrow(self._get_texts(name)) for name in names]

    def _add_hint(self, cell: BadCell, texts: Texts) -> BadCell:
        text = texts.distinct[texts.codes[cell.row]] or ""
        if self.decimal == "," or not _COMMA_NUMBER.fullmatch(text.strip()):
            return cell
        return replace(cell, message=f"{cell.message} (for a decimal comma: --decimal ,)")

    @cached_property
    def _column_indices(self) -> Mapping[str, int]:
        return find_first_indices(self.names)

    def _get_texts(self, name: str) -> Texts:
        return self.columns[self._column_indices[name]]


def _to_arrow(texts: Texts) -> ArrowArray:
    """Converts to one text per row: several times faster than from a list of all rows."""
    return ArrowArray(texts.distinct, DataType.string()).take(ArrowArray.from_numpy(texts.codes))


@dataclass(frozen=True)
class ParquetChunk:
    """Rows of a Parquet file.

    Attributes:
        batch: the rows.
        rows: the number of each row, from 1.
        unit: what the numbers count: the rows of the file, or of a row group.
        types: the types in the file of columns that may be dictionary-encoded here.
    """

    batch: RecordBatch
    rows: Sequence[int]
    unit: str = "row"
    types: Mapping[str, DataType] = field(default_factory=dict)

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        return find_column_indices(self.batch.schema.names)

    @property
    def positions(self) -> RowPositions:
        """The position of each row."""
        return RowPositions(self.unit, self.rows)

    def read(self, column: Column) -> Array:
        """Reads a column. Raises `BadCells`."""
        array = self.batch.column(self._columns[column.name])
        values = read_texts(array) if column.type == "string" else read_values(array)
        if isinstance(values, Texts):  # `baton train` reads an empty text as missing, too
            values = replace(values, distinct=[text or None for text in values.distinct])
        return cast_typed_values(column, values)

    def drop(self, rows: Collection[int]) -> "ParquetChunk":
        """Returns the chunk without some rows."""
        remaining = [row for row in range(len(self.rows)) if row not in rows]
        taken = self.batch.take(ArrowArray(remaining, DataType.int64()))
        return replace(self, batch=taken, rows=[self.rows[row] for row in remaining])

    def copy_columns(self, names: Sequence[str]) -> list[ArrowArray]:
        """Copies columns with the types of the file."""
        return [self._copy_column(name) for name in names]

    def _copy_column(self, name: str) -> ArrowArray:
        array, kind = self.batch.column(name), self.types.get(name)
        return array if kind is None or not is_encoded(array.type) else array.cast(kind)
