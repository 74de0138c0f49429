"""CSV and Parquet files as chunks of rows, read once from start to end."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

from arro3.core import Field

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, MalformedRow, ParquetChunk
from baton_cli.bulk.csv_table import CsvFormat, CsvTable
from baton_cli.bulk.file_size import measure_size
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.arrow.panics import convert_panics
from baton_engine.tables.arrow.parquet_reader import UnreadableColumn, open_parquet
from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, ReaderRule

PARQUET = b"PAR1"
"""The first bytes of a Parquet file."""
_GZIP = b"\x1f\x8b"


class Table(Protocol):
    """An open file."""

    @property
    def fields(self) -> Sequence[Field]:
        """Its columns in order, as they are copied to the output."""
        ...

    @property
    def detected(self) -> str:
        """The unusual features that were detected, e.g. the separator; else empty."""
        ...

    def read_chunks(self) -> Iterator[tuple[Chunk, list[MalformedRow]]]:
        """Reads all rows chunk by chunk, with the malformed ones apart."""
        ...

    @property
    def share_read(self) -> float:
        """The share of the file that has been read, from 0 to 1."""
        ...

    @property
    def hint(self) -> str:
        """A hint for missing columns, or an empty text."""
        ...


def open_table(
    path: Path | str,
    file: IO[bytes],
    csv_format: CsvFormat = CsvFormat(),  # noqa: B008 - frozen
    rule: ReaderRule = KEEP_WHITE_SPACE,
) -> Table:
    """Opens the table in a file. The first bytes decide the format.

    Args:
        path: the path or URL, for messages.
        file: the file, opened at its start.
        csv_format: the format of a CSV file.
        rule: the version's rule for the cells of a CSV file.

    Raises:
        CommandFailed: the file is not a table.
    """
    start = file.read(4)
    file.seek(0)
    if not start:
        raise CommandFailed(f"{path}: the file is empty; its first line must name the columns")
    if start == PARQUET:
        return ParquetTable(path, file)
    return CsvTable(path, file, csv_format, rule, is_gzip=start.startswith(_GZIP))


class ParquetTable:
    """A Parquet file."""

    def __init__(self, path: Path | str, file: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._size = measure_size(file)
        try:
            with convert_panics():
                self._reader = open_parquet(file, CHUNK_ROWS)
        except UnreadableColumn as error:
            raise CommandFailed(f"{path}: {error}") from error
        except Exception as error:
            raise self._to_failure(error) from error
        schema = self._reader.schema
        self.fields = [schema.field(number) for number in range(len(schema))]
        self.detected = ""

    def read_chunks(self) -> Iterator[tuple[Chunk, list[MalformedRow]]]:
        """Reads all rows; none is malformed."""
        start = 1
        batches = iter(self._reader)
        while True:
            try:
                with convert_panics():
                    batch = next(batches, None)
            except Exception as error:
                raise self._to_failure(error) from error
            if batch is None:
                return
            rows = range(start, start + batch.num_rows)
            yield ParquetChunk(batch, rows), []
            start = rows.stop

    @property
    def share_read(self) -> float:
        """The position in the file as a share of its size."""
        return min(self._file.tell() / max(self._size, 1), 1.0)

    @property
    def hint(self) -> str:
        """Always empty."""
        return ""

    def _to_failure(self, error: Exception) -> CommandFailed:
        reason = truncate(get_first_line(error))
        return CommandFailed(f"{self._path}: not a readable Parquet file: {reason}")
