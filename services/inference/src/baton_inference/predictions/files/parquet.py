"""Encodes rows as a Parquet file in memory."""

import io
from collections.abc import Callable, Iterator, Sequence

from arro3.core import RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

ROW_GROUP_ROWS = 5_000
"""Rows of a row group. The interpreter lock is held while one is compressed."""


def encode_parquet(
    schema: Schema, batches: Sequence[RecordBatch], rest: Callable[[], object]
) -> bytes:
    """Encodes rows.

    Args:
        schema: their columns.
        batches: the rows.
        rest: called after each batch: it lets other threads work.
    """

    def iterate() -> Iterator[RecordBatch]:
        for batch in batches:
            yield batch
            rest()

    file = io.BytesIO()
    write_parquet(
        RecordBatchReader.from_batches(schema, iterate()),
        file,
        compression="zstd(3)",
        max_row_group_size=ROW_GROUP_ROWS,
    )
    return file.getvalue()
