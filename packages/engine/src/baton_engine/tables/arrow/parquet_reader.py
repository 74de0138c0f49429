"""Opens Parquet files, and rejects those that crash the Arrow library."""

import re
from typing import IO

from arro3.core import RecordBatchReader, Schema
from arro3.io import read_parquet

# arro3-io 0.9.1 aborts the process on a dictionary of booleans, and misreads one of fixed bytes.
_FATAL = re.compile(r"Dictionary\(\w+, (Boolean|FixedSizeBinary)")


class UnreadableColumn(Exception):
    """The library cannot decode a column's type. The message names the column in one line."""


def open_parquet(file: IO[bytes] | bytes, batch_rows: int) -> RecordBatchReader:
    """Opens a reader of a file's rows in batches.

    Raises:
        UnreadableColumn: reading the file would crash the process.
        Exception: the file is damaged. The library has no error class of its own.
    """
    reader = read_parquet(file, batch_size=batch_rows)
    check_columns(reader.schema)
    return reader


def check_columns(schema: Schema) -> None:
    """Checks that Baton can read every column.

    Raises:
        UnreadableColumn: a column's type is one that the library cannot decode.
    """
    for number in range(len(schema)):
        field = schema.field(number)
        if match := _FATAL.search(repr(field.type)):
            raise UnreadableColumn(
                f"column {field.name!r} is a dictionary of {match[1]} values, which Baton cannot "
                "read; write it without a dictionary (in pandas: as another type than category)"
            )
