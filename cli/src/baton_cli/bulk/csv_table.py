"""A CSV file as chunks of rows."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from arro3.core import DataType, Field

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, CsvChunk, Misfit
from baton_cli.errors import CommandFailed
from baton_engine.tables.text.csv_reader import make_names_unique
from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import ReaderRule

_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")
"""The byte order marks of UTF-16 as they are read where they are no text."""
_BROKEN = (CsvError, EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True)
class CsvFormat:
    """How to read a CSV file.

    Attributes:
        separator: what stands between cells; None means: find out, as `baton train` does.
        encoding: of the text.
        decimal: the mark of numbers.
    """

    separator: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."


class CsvTable:
    """A CSV file, gzip or not, whose first line names the columns."""

    def __init__(
        self, path: Path, file: IO[bytes], how: CsvFormat, rule: ReaderRule, *, is_gzip: bool
    ) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size
        self._how = how
        inflated: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
        try:
            self._reader = FileReader(self._lines(inflated), how.separator, rule)
        except SeveralSeparators as error:
            raise CommandFailed(f"{path}: {error}") from error
        except _BROKEN as error:
            raise self._broken(error) from error
        self.found = ", ".join(self._reader.describe_format())
        self._names = make_names_unique(self._reader.names)
        self.fields = [Field(name, DataType.string()) for name in self._names]

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows; one of another number of cells than there are names is a misfit."""
        lines: list[int] = []
        cells: list[list[str]] = []
        misfits: list[Misfit] = []
        try:
            for line, row, why in self._reader.iter_rows():
                if why:
                    misfits.append((f"line {line}", why))
                else:
                    lines.append(line)
                    cells.append(row)
                if len(cells) + len(misfits) >= CHUNK_ROWS:
                    yield CsvChunk(self._names, lines, cells, self._how.decimal), misfits
                    lines, cells, misfits = [], [], []
        except _BROKEN as error:
            raise self._broken(error) from error
        yield CsvChunk(self._names, lines, cells, self._how.decimal), misfits

    def share_read(self) -> float:
        """By the bytes of the file."""
        return self._file.tell() / max(self._size, 1)

    def hint(self) -> str:
        """What may be wrong where columns are missing."""
        return "; if these are several columns: --separator" if len(self.fields) == 1 else ""

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        encoding = self._how.encoding
        text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
        number, line = 0, ""
        try:
            for number, line in enumerate(text, start=1):
                if not line.isascii():
                    line.encode()  # fails on what stands for bytes that are no text
                yield line.removeprefix("\ufeff") if number == 1 else line
        except UnicodeError as error:
            where = f"line {number}" if isinstance(error, UnicodeEncodeError) else "the file"
            other = " utf-16" if line.startswith(_UTF_16) else ", e.g. cp1252"
            why = f"{where} is not {encoding} text; say --encoding{other}"
            raise CommandFailed(f"{self._path}: {why}") from error
        finally:
            with suppress(ValueError):  # closed already, over a failure
                text.detach()  # the file is its opener's to close

    def _broken(self, error: Exception) -> CommandFailed:
        return CommandFailed(f"{self._path}: {error}; repair the file")
