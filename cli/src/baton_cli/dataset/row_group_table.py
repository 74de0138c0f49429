"""Row groups of a Parquet file, as a table that `Job` scores.

They are read by pyarrow: arro3, which reads whole files, cannot select row groups.
"""

from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow.parquet as pq
from arro3.core import RecordBatch, Schema

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, MalformedRow, ParquetChunk
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.parquet_reader import UnreadableColumn, check_columns


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
        self.detected = ""
        self.hint = ""

    def read_chunks(self) -> Iterator[tuple[Chunk, list[MalformedRow]]]:
        """Reads all rows; none is malformed. They are counted from 1 in each row group."""
        for number in self._row_groups:
            start = 1
            batches = self._file.iter_batches(CHUNK_ROWS, row_groups=[number], use_threads=False)
            while (batch := self._read_next(batches)) is not None:
                rows = range(start, start + batch.num_rows)
                yield ParquetChunk(batch, rows, f"row group {number}, row"), []
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


def _to_failure(name: str, error: Exception) -> CommandFailed:
    return CommandFailed(f"{name}: not a readable Parquet file: {truncate(get_first_line(error))}")
