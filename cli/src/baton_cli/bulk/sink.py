"""Writes scored rows to a file, which appears complete or not at all, or to a stream."""

import csv
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO

from arro3.core import (
    DataType,
    RecordBatch,
    RecordBatchReader,
    Schema,
    dictionary_dictionary,
)
from arro3.io import write_csv, write_parquet

from baton_cli.errors import CommandFailed
from baton_cli.stopping import defer_signals
from baton_common.atomic_file import open_atomic
from baton_common.texts import get_first_line
from baton_engine.tables.arrow.array_types import get_family, is_encoded

SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}
"""The format that the name of an output means; any other name means CSV."""

Write = Callable[[Iterator[RecordBatch], Schema, IO[bytes]], None]
ROW_GROUP_ROWS = 64 * 1024
"""Rows of a row group. Memory holds one row group."""
_LEAST_ROWS = 1024
"""Fewer rows do not show whether the values of a column repeat."""
_DISTINCT_SHARE = 0.98
"""With 4,096 rows it means: hardly any value comes twice in a row group."""


def write_output(
    batches: Iterator[RecordBatch], schema: Schema, path: Path | None, output_format: str | None
) -> None:
    """Writes the rows to a file, or to stdout if `path` is None.

    Raises:
        CommandFailed: the file cannot be written.
    """
    kind = output_format or (SUFFIXES.get(path.suffix.lower()) if path else None)
    write = write_as_parquet if kind == "parquet" else write_as_csv
    if path is None:
        write(batches, schema, sys.stdout.buffer)
        return
    try:
        with open_output(path) as file:
            write(batches, schema, file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandFailed(f"cannot write {path}: {reason}; nothing was written") from error


@contextmanager
def open_output(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file that gets its name when it is complete; a failure leaves no file.

    A pipe or a device is written directly.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    with ExitStack() as stack:
        with defer_signals():  # else a signal could leave the temporary file behind
            file = stack.enter_context(open_atomic(path))
        yield file


def write_as_csv(batches: Iterator[RecordBatch], schema: Schema, file: IO[bytes]) -> None:
    """Writes CSV with a header. A missing value is an empty cell."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerow(schema.names)
    file.write(header.getvalue().encode())
    for batch in batches:
        text = io.BytesIO()
        try:
            with defer_signals():
                write_csv(batch, text, header=False)
        except Exception as error:  # the library's errors share no other base
            raise CommandFailed(
                f"CSV cannot represent a column of the file ({get_first_line(error)}); "
                "write Parquet (--output FILE.parquet), or name the columns to copy: --keep COLUMN"
            ) from error
        file.write(text.getvalue())


def write_as_parquet(batches: Iterator[RecordBatch], schema: Schema, file: IO[bytes]) -> None:
    """Writes Parquet; a signal ends it between two batches."""
    with defer_signals() as deferral:
        write_parquet_file(batches, schema, file, deferral.check)


def write_parquet_file(
    batches: Iterator[RecordBatch],
    schema: Schema,
    file: IO[bytes],
    check: Callable[[], None] = lambda: None,
) -> None:
    """Writes Parquet. Its metadata has the name and the version of the model.

    Args:
        batches: the rows.
        schema: their columns, and the metadata.
        file: an open file.
        check: called before each batch; what it raises ends the file.
    """
    failure: list[BaseException] = []
    checked = _check_each(batches, check, failure)
    metadata = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    start = [*islice(checked, 1)]
    distinct = [name for batch in start for name in _find_distinct_columns(batch)]
    reader = RecordBatchReader.from_batches(schema, chain(start, checked))
    try:
        write_parquet(
            reader,
            file,
            compression="snappy",
            max_row_group_size=ROW_GROUP_ROWS,
            column_dictionary_enabled=dict.fromkeys(distinct, False),
            key_value_metadata=metadata,
        )
    except Exception:
        if failure:
            raise failure[0] from None
        raise


def _check_each(
    batches: Iterator[RecordBatch], check: Callable[[], None], failure: list[BaseException]
) -> Iterator[RecordBatch]:
    """Yields the batches. Appends an error to `failure`: the library would convert it to text."""
    try:
        for batch in batches:
            check()
            yield batch
    except BaseException as error:
        failure.append(error)
        raise


def _find_distinct_columns(batch: RecordBatch) -> list[str]:
    """Lists the columns whose values hardly ever repeat, such as probabilities and ids.

    A dictionary of them makes the file larger, and takes a quarter of the time of writing it.
    """
    if batch.num_rows < _LEAST_ROWS:
        return []
    found = []
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if get_family(array.type) in ("number", "text") and not is_encoded(array.type):
            encoded = array.cast(DataType.dictionary(DataType.int32(), array.type))
            if len(dictionary_dictionary(encoded)) > _DISTINCT_SHARE * batch.num_rows:
                found.append(name)
    return found
