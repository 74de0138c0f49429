"""Row groups of a Parquet file, as a table that `Job` scores.

They are read by pyarrow: arro3, which reads whole files, cannot select row groups.

Columns of few texts stay dictionary-encoded, as they are in the file. That takes half of the time
of a text per row, and the model needs the codes anyway. They are decoded only for the output.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import IO

import pyarrow.parquet as pq
from arro3.core import RecordBatch, Schema

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, MalformedRow, ParquetChunk
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.arrow.array_types import get_family, is_encoded
from baton_engine.tables.arrow.parquet_reader import UnreadableColumn, check_columns

_MAX_DICTIONARY_BYTES = 4096
"""A larger dictionary is not worth it: each chunk would need all of its texts."""


def open_parquet_file(name: str, file: IO[bytes]) -> pq.ParquetFile:
    """Opens a Parquet file and reads its footer; `name` is for messages. Raises `CommandFailed`."""
    try:
        return pq.ParquetFile(file, pre_buffer=True)
    except Exception as error:
        raise _to_failure(name, error) from error


class RowGroupTable:
    """Some row groups of a Parquet file."""

    def __init__(self, name: str, file: IO[bytes], row_groups: Sequence[int]) -> None:
        """Opens the row groups.

        Args:
            name: the path or URL, for messages.
            file: the file.
            row_groups: their numbers, from 0.

        Raises:
            CommandFailed: the file is damaged, or has a column that Baton cannot read.
        """
        self._name = name
        self._row_groups = row_groups
        self._file = open_parquet_file(name, file)
        self._groups_read = 0
        schema = Schema.from_arrow(self._file.schema_arrow)
        try:
            check_columns(schema)
        except UnreadableColumn as error:
            raise CommandFailed(f"{name}: {error}") from error
        self.fields = [schema.field(number) for number in range(len(schema))]
        self._types = {
            field.name: field.type
            for field in self.fields
            if get_family(field.type) == "text" and not is_encoded(field.type)
        }
        self._file = _keep_encoded(self._file, file, row_groups, self._types)
        self.detected = ""
        self.hint = ""

    def read_chunks(self) -> Iterator[tuple[Chunk, list[MalformedRow]]]:
        """Reads all rows; none is malformed. They are counted from 1 in each row group."""
        for number in self._row_groups:
            start = 1
            batches = self._file.iter_batches(CHUNK_ROWS, row_groups=[number], use_threads=False)
            while (batch := self._read_next(batches)) is not None:
                rows = range(start, start + batch.num_rows)
                yield ParquetChunk(batch, rows, f"row group {number}, row", self._types), []
                start = rows.stop
            self._groups_read += 1

    @property
    def share_read(self) -> float:
        """The share of the row groups that has been read."""
        return self._groups_read / max(len(self._row_groups), 1)

    def _read_next(self, batches: Iterator[object]) -> RecordBatch | None:
        try:
            batch = next(batches, None)
        except Exception as error:
            raise _to_failure(self._name, error) from error
        return None if batch is None else RecordBatch.from_arrow(batch)  # type: ignore[arg-type]


def _keep_encoded(
    opened: pq.ParquetFile, file: IO[bytes], row_groups: Sequence[int], names: Collection[str]
) -> pq.ParquetFile:
    """Opens the file again, so that it does not decode columns with a small dictionary.

    Args:
        opened: the open file.
        file: the same file.
        row_groups: the row groups that will be read.
        names: the columns that may stay encoded.
    """
    metadata = opened.metadata
    schema, groups = metadata.schema, [metadata.row_group(each) for each in row_groups]
    encoded = []
    for number in range(metadata.num_columns):
        column = schema.column(number)
        is_field = column.path == column.name  # not a part of a nested column
        chunks = (group.column(number) for group in groups)
        if is_field and column.name in names and all(map(_has_small_dictionary, chunks)):
            encoded.append(number)
    return pq.ParquetFile(file, metadata=metadata, read_dictionary=encoded, pre_buffer=True)


def _has_small_dictionary(chunk: pq.ColumnChunkMetaData) -> bool:
    """Whether it is small; so the writer has not given it up either, which it does at 1 MB."""
    if not chunk.has_dictionary_page:
        return False
    size: int = chunk.data_page_offset - chunk.dictionary_page_offset
    return size <= _MAX_DICTIONARY_BYTES


def _to_failure(name: str, error: Exception) -> CommandFailed:
    return CommandFailed(f"{name}: not a readable Parquet file: {truncate(get_first_line(error))}")
