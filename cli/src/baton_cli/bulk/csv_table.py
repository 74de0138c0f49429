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

from baton_cli.bulk.chunks import Chunk, CsvChunk, MalformedRow
from baton_cli.bulk.file_size import measure_size
from baton_cli.errors import CommandFailed
from baton_engine.tables.text.csv_reader import make_names_unique
from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import ReaderRule

_BLOCK_CHARACTERS = 64 * 1024
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")
"""UTF-16 byte order marks, as a decoder of another encoding escapes them."""
_READ_ERRORS = (CsvError, EOFError, gzip.BadGzipFile, zlib.error)


@dataclass(frozen=True)
class CsvFormat:
    """How to read a CSV file.

    Attributes:
        separator: the separator; None detects it, as `baton train` does.
        encoding: the text encoding.
        decimal: the decimal mark.
    """

    separator: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."


class CsvTable:
    """A CSV file, gzip or not, whose first line names the columns."""

    def __init__(
        self,
        path: Path | str,
        file: IO[bytes],
        csv_format: CsvFormat,
        rule: ReaderRule,
        *,
        is_gzip: bool,
    ) -> None:
        self._path = path
        self._file = file
        self._size = measure_size(file)
        self._format = csv_format
        decompressed: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
        try:
            lines = chain.from_iterable(self._decode_blocks(decompressed))
            self._reader = FileReader(lines, csv_format.separator, rule)
        except SeveralSeparators as error:
            raise CommandFailed(f"{path}: {error}") from error
        except _READ_ERRORS as error:
            raise self._to_failure(error) from error
        self.detected = ", ".join(self._reader.describe_format())
        self._names = make_names_unique(self._reader.names)
        self.fields = [Field(name, DataType.string()) for name in self._names]

    def read_chunks(self) -> Iterator[tuple[Chunk, list[MalformedRow]]]:
        """Reads all rows. A row with the wrong number of cells is malformed."""
        try:
            for numbers, columns, misfits in self._reader.iter_columns():
                chunk = CsvChunk(self._names, numbers, columns, self._format.decimal)
                yield chunk, [(f"line {line}", reason) for line, reason in misfits]
        except _READ_ERRORS as error:
            raise self._to_failure(error) from error

    @property
    def share_read(self) -> float:
        """The share of the file's bytes that has been read."""
        return self._file.tell() / max(self._size, 1)

    @property
    def hint(self) -> str:
        """A hint for missing columns; empty if the file has several columns."""
        return "; is the separator right? --separator CHAR" if len(self.fields) == 1 else ""

    def _decode_blocks(self, file: IO[bytes]) -> Iterator[list[str]]:
        """Yields the lines with their ends, in blocks: a step per line would double the time."""
        encoding = self._format.encoding
        text = io.TextIOWrapper(file, encoding, errors="surrogateescape", newline="")
        number, line = 0, ""
        try:
            while block := text.readlines(_BLOCK_CHARACTERS):
                if "".join(block).isascii():
                    number += len(block)
                else:
                    for line in block:
                        number += 1
                        line.encode()  # fails on escaped bytes, which are not text
                if number == len(block):
                    block[0] = block[0].removeprefix("\ufeff")
                yield block
        except UnicodeError as error:
            location = f"line {number}" if isinstance(error, UnicodeEncodeError) else "the file"
            other = "utf-16" if line.startswith(_UTF_16) else "NAME, e.g. cp1252"
            reason = f"{location} is not {encoding} text; use --encoding {other}"
            raise CommandFailed(f"{self._path}: {reason}") from error
        finally:
            with suppress(ValueError):  # a failure has closed it
                text.detach()  # the caller closes the file

    def _to_failure(self, error: Exception) -> CommandFailed:
        return CommandFailed(f"{self._path}: {error}; repair the file")
