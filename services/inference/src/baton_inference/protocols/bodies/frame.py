"""A table on its way from a body to columns: values by column, not yet cast."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from baton_engine.tables.casts import Cast, cast_column
from baton_engine.tables.cells import ABSENT, MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.columns import Array, to_array
from baton_inference.errors import InvalidRows, TooManyRows
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.schema import Column, Schema


@dataclass(frozen=True, slots=True)
class Frame:
    """Values by column.

    Attributes:
        rows: how many values each column has.
        columns: name to values; other columns than the schema's may be left out.
        cast: makes an array of them.
    """

    rows: int
    columns: Mapping[str, Sequence[Any]]
    cast: Cast

    def to_batch(self, schema: Schema) -> ColumnBatch:
        """The columns of the schema.

        A column may not be left out, even where the schema calls it optional: the pipeline
        behind `mlflow models serve` fails without it.

        Raises:
            InvalidRows: a column is missing or has a bad cell, or there are no rows.
        """
        if not self.rows:
            raise InvalidRows("there are no rows")
        return ColumnBatch(self.rows, read_columns(schema, self._read))

    def _read(self, column: Column) -> Array:
        if column.name not in self.columns:
            raise BadCells((BadCell(0, column.name, ABSENT),))
        return cast_column(column, self.columns[column.name], self.cast)


def read_absent(column: Column, rows: int) -> Array:
    """The values of a column that a request leaves out: gaps.

    Raises:
        BadCells: the column is required.
    """
    if column.required:
        raise BadCells((BadCell(0, column.name, ABSENT),))
    return to_array(column, [None] * rows)


def read_columns(schema: Schema, read: Callable[[Column], Array]) -> dict[str, Array]:
    """Every column of the schema, as `read` gives it or says in `BadCells` that it cannot.

    Raises:
        InvalidRows: the bad cells of all columns, by their rows (at most 100).
    """
    arrays = {}
    bad: list[BadCell] = []
    for column in schema.columns:
        try:
            arrays[column.name] = read(column)
        except BadCells as error:
            bad += error.cells
    if bad:
        bad.sort(key=lambda cell: cell.row)
        raise InvalidRows("the rows do not fit the model's schema", tuple(bad[:MAX_NAMED_CELLS]))
    return arrays


def transpose_rows(rows: Sequence[Any]) -> dict[str, Sequence[Any]] | None:
    """The values by column; None where the rows are not all objects of the same columns."""
    if {*map(type, rows)} != {dict}:
        return None
    names = [*rows[0]]
    if not names or {*map(len, rows)} != {len(names)}:
        return None
    # Unlike `itemgetter(*names)`, it gives a tuple for a single name, too.
    cells = itemgetter(*names, names[0])
    try:
        columns = [*zip(*map(cells, rows), strict=True)]
    except KeyError:
        return None
    return dict(zip(names, columns, strict=False))


def check_rows(rows: int, max_rows: int) -> None:
    """Raises `TooManyRows`."""
    if rows > max_rows:
        raise TooManyRows.for_limit(max_rows, rows)
