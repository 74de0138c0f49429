"""Arrow streams and Parquet files: request columns and answer labels."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from baton_engine.tables.columns import Array
from baton_engine.tables.typed_values import cast_typed_values
from baton_engine.tables.values import Values
from baton_inference.errors import InvalidRows
from baton_inference.protocols.bodies.frame import build_missing_column, read_columns
from baton_inference.protocols.codec import EncodedAnswer
from baton_inference.protocols.media import ARROW
from baton_inference.scoring.batch import ColumnBatch
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.schema import Column, Schema

PREDICTIONS = "predictions"


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
        if not self.rows:
            raise InvalidRows("the body has no rows")
        return ColumnBatch(self.rows, read_columns(schema, self._read))

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


def encode_labels(labels: NDArray[Any], version: ModelVersion, media_type: bytes) -> EncodedAnswer:
    """Encodes a table of one column, `predictions`. Its metadata names the model and version."""
    # Imported here, because few requests need the library and it is slow to load.
    from arro3.core import Array as ArrowArray  # noqa: PLC0415
    from arro3.core import Field, Schema, Table  # noqa: PLC0415
    from arro3.io import write_ipc_stream, write_parquet  # noqa: PLC0415

    from baton_engine.tables.arrow_types import get_label_type  # noqa: PLC0415

    values = labels.tolist()
    field = Field(PREDICTIONS, get_label_type(values), nullable=False)
    metadata = {"model_name": version.name, "model_version": version.version}
    schema = Schema([field], metadata=metadata)
    table = Table.from_arrays([ArrowArray(values, field)], schema=schema)
    buffer = io.BytesIO()
    if media_type == ARROW:
        write_ipc_stream(table, buffer)
    else:
        write_parquet(table, buffer, compression="snappy", key_value_metadata=metadata)
    return EncodedAnswer(buffer.getvalue(), media_type)
