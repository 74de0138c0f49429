"""Arrow streams and Parquet files as tables of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from baton_engine.tables.columns import Array
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Values
from baton_inference.protocols.bodies.frame import build_batch, build_missing_column
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.schema import Column, Schema


@dataclass(frozen=True, slots=True)
class ArrowTable:
    """The table of a body.

    Attributes:
        rows: the number of rows.
        columns: name to values, for the requested columns that the body has.
    """

    rows: int
    columns: Mapping[str, Values]

    def to_batch(self, schema: Schema) -> ColumnBatch:
        """Converts the table to the columns of the schema. An optional column may be absent.

        Raises:
            InvalidRows: a column is missing or has a bad cell, or there are no rows.
        """
        return build_batch(self.rows, schema, self._read)

    def _read(self, column: Column) -> Array:
        if column.name in self.columns:
            return cast_typed_values(column, self.columns[column.name])
        return build_missing_column(column, self.rows)


class TableReader(Protocol):
    """Reads Arrow and Parquet bodies."""

    def read(
        self, body: bytes, media_type: bytes, columns: Sequence[Column], max_rows: int
    ) -> ArrowTable:
        """Reads those of the columns that the body has.

        Raises:
            MalformedBody: the body does not have the format of its media type.
            TooManyRows: it has more than `max_rows` rows.
        """
        ...
