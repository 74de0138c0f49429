"""Writes Arrow streams and Parquet files with pyarrow, which the service does not use."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from baton_inference.protocols.media import ARROW, PARQUET

GOOD = pa.table({"x": [0.5, 1.5], "n": [1, 2], "note": ["a", None]})
"""Two rows of the fake models' schema."""


def write_stream(table: Any, rows: int | None = None, **options: Any) -> bytes:
    """Writes a table as an Arrow stream with batches of `rows` rows."""
    buffer = io.BytesIO()
    options = {"options": pa.ipc.IpcWriteOptions(**options)}
    with pa.ipc.new_stream(buffer, table.schema, **options) as sink:
        sink.write_table(table, max_chunksize=rows)
    return buffer.getvalue()


def write_parquet(table: Any, rows: int | None = None, **options: Any) -> bytes:
    """Writes a table as a Parquet file with row groups of `rows` rows."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, row_group_size=rows, **options)
    return buffer.getvalue()


WRITERS: dict[bytes, Callable[..., bytes]] = {ARROW: write_stream, PARQUET: write_parquet}


def read_answer(body: bytes, media_type: bytes) -> Any:
    """Reads the table of an answer."""
    if media_type == ARROW:
        with pa.ipc.open_stream(body) as source:
            return source.read_all()
    return pq.read_table(io.BytesIO(body))
