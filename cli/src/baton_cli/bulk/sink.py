"""Where scored rows go: a file that appears whole or not at all, or a stream."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from arro3.core import RecordBatch, RecordBatchReader, Schema
from arro3.io import write_csv, write_parquet

from baton_cli.errors import CommandFailed
from baton_cli.stopping import deferred
from baton_common.atomic_file import open_atomic
from baton_common.texts import get_first_line

Write = Callable[[Iterator[RecordBatch], Schema, IO[bytes]], None]
ROW_GROUP_ROWS = 64 * 1024
"""What a Parquet file is written in; as much is held in memory."""


@contextmanager
def appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name only once it is whole; nothing is left of it where it fails.

    What is no plain file, such as a pipe, is written as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    with ExitStack() as stack:
        with deferred():  # no file of which nobody knows
            file = stack.enter_context(open_atomic(path))
        yield file


def write_as_csv(batches: Iterator[RecordBatch], schema: Schema, file: IO[bytes]) -> None:
    """CSV with a header; a gap is an empty cell."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(schema.names)
    file.write(header.getvalue().encode())
    for batch in batches:
        text = io.BytesIO()
        try:
            with deferred():
                write_csv(batch, text, header=False)
        except Exception as error:  # the library's own have no common base but Exception
            raise CommandFailed(
                f"a column of the table has no CSV form ({get_first_line(error)}); write Parquet"
                " (--output FILE.parquet), or name the columns that you need with --keep"
            ) from error
        file.write(text.getvalue())


def write_as_parquet(batches: Iterator[RecordBatch], schema: Schema, file: IO[bytes]) -> None:
    """Parquet, whose metadata name the model and the version."""
    failure: list[BaseException] = []

    def told() -> Iterator[RecordBatch]:
        try:
            for batch in batches:
                held.check()
                yield batch
        except BaseException as error:  # the library would make a text of it
            failure.append(error)
            raise

    metadata = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    reader = RecordBatchReader.from_batches(schema, told())
    try:
        with deferred() as held:
            write_parquet(
                reader,
                file,
                compression="snappy",
                max_row_group_size=ROW_GROUP_ROWS,
                key_value_metadata=metadata,
            )
    except Exception:
        if failure:
            raise failure[0] from None
        raise
