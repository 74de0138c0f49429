"""The table of a body: values by column, before the cast to the schema's types."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from baton_engine.tables.casts import Cast, cast_column
from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, BadCells
from baton_engine.tables.cell_messages import ABSENT_MESSAGE
from baton_engine.tables.columns import Array, to_array
from baton_inference.errors import InvalidRows, TooManyRows
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.schema import Column, Schema


@dataclass(frozen=True, slots=True)
class Frame:
    """Values by column.

    Attributes:
        rows: the number of rows.
        columns: name to values; columns that are not in the schema may be absent.
        cast: converts the values of a column to an array.
    """

    rows: int
    columns: Mapping[str, Sequence[Any]]
    cast: Cast

    def to_batch(self, schema: Schema) -> ColumnBatch:
        """Converts the table to the columns of the schema.

        Even an optional column must be present: the pipeline behind `mlflow models serve` fails
        without it.

        Raises:
            InvalidRows: a column is missing or has a bad cell, or there are no rows.
        """
        return build_batch(self.rows, schema, self._read)

    def _read(self, column: Column) -> Array:
        if column.name not in self.columns:
            raise BadCells((BadCell(0, column.name, ABSENT_MESSAGE),))
        return cast_column(column, self.columns[column.name], self.cast)


def build_missing_column(column: Column, rows: int) -> Array:
    """Builds an array of missing values for a column that is absent from a request.

    Raises:
        BadCells: the column is required.
    """
    if column.required:
        raise BadCells((BadCell(0, column.name, ABSENT_MESSAGE),))
    return to_array(column, [None] * rows)


def build_batch(rows: int, schema: Schema, read: Callable[[Column], Array]) -> ColumnBatch:
    """Builds a batch of the columns of the schema. Raises `InvalidRows` as `read_columns`.

    Also if there are no rows.
    """
    if not rows:
        raise InvalidRows("the body has no rows")
    return ColumnBatch(rows, read_columns(schema, read))


def read_columns(schema: Schema, read: Callable[[Column], Array]) -> dict[str, Array]:
    """Reads every column of the schema with `read`, which raises `BadCells` for invalid values.

    Raises:
        InvalidRows: names the bad cells of all columns, ordered by row (at most 100).
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
    """Returns the values by column; None unless all rows are objects with the same columns."""
    if {*map(type, rows)} != {dict}:
        return None
    names = [*rows[0]]
    if not names or {*map(len, rows)} != {len(names)}:
        return None
    # The extra name makes `itemgetter` return a tuple for a single column, too.
    cells = itemgetter(*names, names[0])
    try:
        columns = [*zip(*map(cells, rows), strict=True)]
    except KeyError:
        return None
    return dict(zip(names, columns, strict=False))


def check_rows(rows: int, max_rows: int) -> None:
    """Raises `TooManyRows` if there are more than `max_rows` rows."""
    if rows > max_rows:
        raise TooManyRows.for_limit(max_rows, rows)
