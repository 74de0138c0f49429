"""A CSV file as chunks of rows."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from arro3.core import DataType, Field

from baton_cli.bulk.chunks import CHUNK_ROWS, Chunk, CsvChunk, Misfit
from baton_cli.errors import CommandFailed
from baton_engine.tables.text.csv_reader import CsvError, CsvReader
from baton_engine.tables.text.separators import SAMPLE_CHARACTERS, USUAL, fitting

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

    def __init__(self, path: Path, file: IO[bytes], how: CsvFormat, *, is_gzip: bool) -> None:
        self._path = path
        self._file = file
        self._size = path.stat().st_size
        self._how = how
        self.found = ""
        inflated: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
        try:
            lines = self._lines(inflated)
            start = [] if how.separator else _sample(lines)
            separator = how.separator or self._separator("".join(start))
            self._reader = CsvReader(chain(start, lines), separator)
        except _BROKEN as error:
            raise self._broken(error) from error
        self._names = [name.strip() for name in self._reader.names]  # as in training
        self.fields = [Field(name, DataType.string()) for name in self._names]

    def chunks(self) -> Iterator[tuple[Chunk, list[Misfit]]]:
        """All rows; one of another number of cells than there are names is a misfit."""
        width = len(self._names)
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

    def _separator(self, sample: str) -> str:
        candidates = fitting(sample)
        if len(candidates) > 1:
            names = " or ".join(map(repr, candidates))
            why = f"the separator may be {names}; say which: --separator"
            raise CommandFailed(f"{self._path}: {why}")
        separator = candidates[0] if candidates else USUAL
        if separator != USUAL:
            self.found = f"separator {separator!r}"
        return separator

    def _lines(self, file: IO[bytes]) -> Iterator[str]:
        encoding = self._how.encoding
        text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
        number = 0
        try:
            for number, line in enumerate(text, start=1):
                if not line.isascii():
                    line.encode()  # fails on what stands for bytes that are no text
                yield line.removeprefix("\ufeff") if number == 1 else line
        except UnicodeError as error:
            where = f"line {number}" if isinstance(error, UnicodeEncodeError) else "the file"
            why = f"{where} is not {encoding} text; say --encoding, e.g. cp1252"
            raise CommandFailed(f"{self._path}: {why}") from error
        finally:
            with suppress(ValueError):  # closed already, over a failure
                text.detach()  # the file is its opener's to close

    def _broken(self, error: Exception) -> CommandFailed:
        return CommandFailed(f"{self._path}: {error}; repair the file")


def _sample(lines: Iterator[str]) -> list[str]:
    """The first lines, as many as it takes to find out the separator."""
    sample: list[str] = []
    size = 0
    for line in lines:
        sample.append(line)
        size += len(line)
        if size > SAMPLE_CHARACTERS:
            break
    return sample
