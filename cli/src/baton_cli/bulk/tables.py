"""A CSV or Parquet file as chunks of rows, read once from its beginning to its end."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

from arro3.core import Field

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, Misfit, ParquetChunk
from baton_cli.bulk.csv_table import CsvFormat, CsvTable
from baton_cli.errors import CommandFailed
from baton_common.texts import get_first_line, truncate
from baton_engine.tables.panics import convert_panics
from baton_engine.tables.parquet_reader import UnreadableColumn, open_parquet
from baton_engine.tables.text.reader_rule import KEPT, ReaderRule

_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"


class Table(Protocol):
    """A file that is being read."""

    @property
    def fields(self) -> Sequence[Field]:
        """Its columns, in their order, as they are written again."""
        ...

    @property
    def found(self) -> str:
        """How it is read, where that is unusual and was found out; else empty."""
        ...

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows, chunk by chunk, and the misfits among them."""
        ...

    def share_read(self) -> float:
        """How much of the file has been read, from 0 to 1."""
        ...

    def hint(self) -> str:
        """What may be wrong where columns are missing; empty where nothing is known."""
        ...


def open_table(
    path: Path,
    file: IO[bytes],
    how: CsvFormat = CsvFormat(),  # noqa: B008 - frozen
    rule: ReaderRule = KEPT,
) -> Table:
    """The table in a file, by what its first bytes say of it.

    Args:
        path: the file's, for messages.
        file: opened at its beginning.
        how: the form of a CSV file.
        rule: how to read the cells of a CSV file: that of the version that scores them.

    Raises:
        CommandFailed: it is none.
    """
    start = file.read(4)
    file.seek(0)
    if not start:
        raise CommandFailed(f"{path}: the file is empty; its first line must name the columns")
    if start == _PARQUET:
        return ParquetTable(path, file)
    return CsvTable(path, file, how, rule, is_gzip=start.startswith(_GZIP))


class ParquetTable:
    """A Parquet file."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size
        try:
            with convert_panics():
                self._reader = open_parquet(file, CHUNK_ROWS)
        except UnreadableColumn as error:
            raise CommandFailed(f"{path}: {error}") from error
        except Exception as error:
            raise self._broken(error) from error
        schema = self._reader.schema
        self.fields = [schema.field(number) for number in range(len(schema))]
        self.found = ""

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows; there are no misfits."""
        start = 1
        batches = iter(self._reader)
        while True:
            try:
                with convert_panics():
                    batch = next(batches, None)
            except Exception as error:
                raise self._broken(error) from error
            if batch is None:
                return
            rows = range(start, start + batch.num_rows)
            yield ParquetChunk(batch, rows), []
            start = rows.stop

    def share_read(self) -> float:
        """By the place in the file."""
        return min(self._file.tell() / max(self._size, 1), 1.0)

    def hint(self) -> str:
        """Nothing."""
        return ""

    def _broken(self, error: Exception) -> CommandFailed:
        why = truncate(get_first_line(error))
        return CommandFailed(f"{self._path}: not a Parquet file that can be read: {why}")
