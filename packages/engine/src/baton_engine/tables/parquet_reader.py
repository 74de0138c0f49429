"""Opens Parquet files, but refuses those over which the Arrow library ends the process."""

import re
from typing import IO

from arro3.core import RecordBatchReader
from arro3.io import read_parquet

# arro3-io 0.9.1: a dictionary of booleans aborts the process, one of fixed bytes is misread.
_FATAL = re.compile(r"Dictionary\(\w+, (Boolean|FixedSizeBinary)")


class UnreadableColumn(Exception):
    """A column is of a type that the library cannot decode; the text names it, in one line."""


def open_parquet(file: IO[bytes] | bytes, batch_rows: int) -> RecordBatchReader:
    """A reader of a file's rows, so many at a time.

    Raises:
        UnreadableColumn: reading it would end the process.
        Exception: it is damaged; the library raises no class of its own.
    """
    reader = read_parquet(file, batch_size=batch_rows)
    schema = reader.schema
    for number in range(len(schema)):
        field = schema.field(number)
        if found := _FATAL.search(repr(field.type)):
            raise UnreadableColumn(
                f"column {field.name!r} is a dictionary of {found[1]} values, which Baton cannot "
                "read; write it without a dictionary (in pandas: as another type than category)"
            )
    return reader
