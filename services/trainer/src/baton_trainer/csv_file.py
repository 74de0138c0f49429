"""A CSV file as a table of text, with its checksum: nothing is guessed, nothing is lost."""

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from baton_trainer.errors import DataError, first_line


@dataclass(frozen=True)
class CsvFile:
    """A parsed CSV file.

    Attributes:
        name: what to call it in messages.
        cells: every cell as the text that stands in the file, shape `[rows, columns]`.
        sha256: of the file's bytes, lower-case hex.
    """

    name: str
    cells: pd.DataFrame
    sha256: str


def read(path: Path) -> CsvFile:
    """Reads a comma-separated UTF-8 file whose first line names the columns.

    Raises:
        DataError: it cannot be read, or is not such a file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise DataError(f"{path}: {reason}; name a CSV file that can be read") from error
    return parse(content, str(path))


def parse(content: bytes, name: str) -> CsvFile:
    """Parses the bytes of a CSV file. Raises as `read` does."""
    text = _decoded(content, name)
    header = _checked_header(text, name)
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            dtype=object,
            keep_default_na=False,
            index_col=False,
            header=0,
            names=range(len(header)),  # not the names: pandas would rename duplicates
        )
    except pd.errors.ParserError as error:
        raise DataError(f"{name}: {first_line(error)}; repair the file") from error
    cells.columns = pd.Index(header, dtype=object)
    return CsvFile(name=name, cells=cells, sha256=hashlib.sha256(content).hexdigest())


def _decoded(content: bytes, name: str) -> str:
    if b"\0" in content:
        raise DataError(f"{name}: binary data; give a CSV file in UTF-8")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{name}: line {line} is not UTF-8 text; save the file as UTF-8") from error
    if not text.strip():
        raise DataError(f"{name}: the file is empty; its first line must name the columns")
    return text


def _checked_header(text: str, name: str) -> list[str]:
    """The column names, once every line is known to have as many cells as there are names."""
    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] = []
    try:
        for row in reader:
            header = header or row
            if row and len(row) != len(header):
                raise DataError(
                    f"{name}: line {reader.line_num} has {len(row)} cells where the first line "
                    f"names {len(header)} columns; is the separator a comma?"
                )
    except csv.Error as error:
        raise DataError(f"{name}: line {reader.line_num}: {error}; repair the file") from error
    return [column.strip() for column in header]
