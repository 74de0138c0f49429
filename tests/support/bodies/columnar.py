"""Arrow streams and Parquet files, written by pyarrow: not by the library that reads them."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from baton_inference.protocols.media import ARROW, PARQUET

GOOD = pa.table({"x": [0.5, 1.5], "n": [1, 2], "note": ["a", None]})
"""Two rows of the fakes' schema."""


def stream(table: Any, rows: int | None = None, **options: Any) -> bytes:
    """A table as an Arrow stream of batches of so many rows."""
    written = io.BytesIO()
    options = {"options": pa.ipc.IpcWriteOptions(**options)}
    with pa.ipc.new_stream(written, table.schema, **options) as sink:
        sink.write_table(table, max_chunksize=rows)
    return written.getvalue()


def parquet(table: Any, rows: int | None = None, **options: Any) -> bytes:
    """A table as a Parquet file of row groups of so many rows."""
    written = io.BytesIO()
    pq.write_table(table, written, row_group_size=rows, **options)
    return written.getvalue()


WRITERS: dict[bytes, Callable[..., bytes]] = {ARROW: stream, PARQUET: parquet}


def read_answer(body: bytes, media_type: bytes) -> Any:
    """The table of an answer."""
    if media_type == ARROW:
        with pa.ipc.open_stream(body) as source:
            return source.read_all()
    return pq.read_table(io.BytesIO(body))
