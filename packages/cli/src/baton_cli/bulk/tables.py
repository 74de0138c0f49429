"""A CSV or Parquet file as chunks of rows, read once from its beginning to its end."""

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from arro3.core import DataType, Field
from arro3.io import read_parquet

from baton_cli.bulk.chunks import Chunk, CsvChunk, ParquetChunk
from baton_cli.errors import CommandFailed
from baton_engine.csv_reader import CsvError, CsvReader
from baton_engine.panics import panics_as_errors

CHUNK_ROWS = 4096
_PARQUET, _GZIP = b"PAR1", b"\x1f\x8b"
_SEPARATORS = ";\t|"
_BROKEN = (CsvError, EOFError, gzip.BadGzipFile, zlib.error)

Misfit = tuple[str, str]
"""A row that is none of the table: where it is, and why."""


class Table(Protocol):
    """A file that is being read."""

    @property
    def fields(self) -> Sequence[Field]:
        """Its columns, in their order, as they are written again."""
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


def open_table(path: Path, file: IO[bytes]) -> Table:
    """The table in a file, by what its first bytes say of it.

    Raises:
        CommandFailed: it is none.
    """
    start = file.read(4)
    file.seek(0)
    if not start:
        raise CommandFailed(f"{path}: the file is empty; its first line must name the columns")
    if start == _PARQUET:
        return ParquetTable(path, file)
    return CsvTable(path, file, is_gzip=start.startswith(_GZIP))


class CsvTable:
    """A CSV file in UTF-8, gzip or not, whose first line names the columns."""

    def __init__(self, path: Path, file: IO[bytes], *, is_gzip: bool = False) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size
        inflated: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
        try:
            self._reader = CsvReader(self._lines(inflated))
        except _BROKEN as error:
            raise self._broken(error) from error
        self.fields = [Field(name, DataType.string()) for name in self._reader.names]

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows; one of another number of cells than there are names is a misfit."""
        width = len(self._reader.names)
        lines: list[int] = []
        cells: list[list[str]] = []
        misfits: list[Misfit] = []
        try:
            for line, row in self._reader.rows():
                if len(row) == width:
                    lines.append(line)
                    cells.append(row)
                else:
                    why = f"has {len(row)} cells where the first line names {width} columns"
                    misfits.append((f"line {line}", why))
                if len(cells) + len(misfits) >= CHUNK_ROWS:
                    yield CsvChunk(self._reader.names, lines, cells), misfits
                    lines, cells, misfits = [], [], []
        except _BROKEN as error:
            raise self._broken(error) from error
        yield CsvChunk(self._reader.names, lines, cells), misfits

    def share_read(self) -> float:
        """By the bytes of the file."""
        return self._file.tell() / max(self._size, 1)

    def hint(self) -> str:
        """What may be wrong where columns are missing."""
        alone = self._reader.names[0] if len(self._reader.names) == 1 else ""
        return "; is the separator a comma?" if set(alone) & set(_SEPARATORS) else ""

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            for number, line in enumerate(text, start=1):
                if not line.isascii():
                    self._check_encoding(number, line)
                yield line
        finally:
            with suppress(ValueError):  # closed already, over a failure
                text.detach()  # the file is its opener's to close

    def _check_encoding(self, number: int, line: str) -> None:
        try:
            line.encode()
        except UnicodeEncodeError as error:
            why = f"line {number} is not UTF-8 text; save the file as UTF-8"
            raise CommandFailed(f"{self._path}: {why}") from error

    def _broken(self, error: Exception) -> CommandFailed:
        return CommandFailed(f"{self._path}: {error}; repair the file")


class ParquetTable:
    """A Parquet file."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size
        try:
            with panics_as_errors():
                self._reader = read_parquet(file, batch_size=CHUNK_ROWS)
        except Exception as error:
            raise self._broken(error) from error
        schema = self._reader.schema
        self.fields = [schema.field(number) for number in range(len(schema))]

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows; there are no misfits."""
        start = 1
        batches = iter(self._reader)
        while True:
            try:
                with panics_as_errors():
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
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return CommandFailed(f"{self._path}: not a Parquet file that can be read: {why[:200]}")
