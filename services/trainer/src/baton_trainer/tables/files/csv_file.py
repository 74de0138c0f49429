"""A CSV file as a table of text, with its checksum: nothing is lost, no cell is read yet."""

import csv
import hashlib
import io
import re

import pandas as pd

from baton_engine.tables.text.separators import USUAL
from baton_trainer.errors import DataError, first_line
from baton_trainer.request import Data
from baton_trainer.tables.files import encoding, separator
from baton_trainer.tables.files.data_file import DataFile

_OTHERS = {"{": "JSON", "[{": "JSON", "[[": "JSON", "<!": "HTML", "<h": "HTML", "<?": "XML"}
_FOREIGN_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")


def parse(content: bytes, name: str, wanted: Data = Data()) -> DataFile:  # noqa: B008 - frozen
    """Parses the bytes of a CSV file whose first line names the columns.

    Raises:
        DataError: it is no such file, or how to read it cannot be told.
    """
    text, encoded = encoding.decoded(content, name, wanted.encoding)
    _check_kind(text, name)
    between = wanted.separator or separator.found_out(text, name)
    header = _checked_header(text, name, between)
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=between,
            dtype=object,
            keep_default_na=False,
            index_col=False,
            header=0,
            names=range(len(header)),  # not the names: pandas would rename duplicates
            engine="c",
        )
    except pd.errors.ParserError as error:
        raise DataError(f"{name}: {first_line(error)}; repair the file") from error
    cells.columns = pd.Index(header, dtype=object)
    found = []
    if wanted.encoding is None and encoded != encoding.PLAIN:
        found.append(f"encoding {encoded}{_example(text)}")
    if wanted.separator is None and between != USUAL:
        found.append(f"separator {between!r}")
    return DataFile(
        name=name,
        cells=cells,
        sha256=hashlib.sha256(content).hexdigest(),
        decimal=wanted.decimal,
        found=tuple(found),
    )


def _check_kind(text: str, name: str) -> None:
    start = text.lstrip()[:2].lower()
    if not start:
        raise DataError(f"{name}: the file is empty; its first line must name the columns")
    for opening, what in _OTHERS.items():
        if start.startswith(opening):
            raise DataError(f"{name}: the file is {what}; save the table as CSV or Parquet")


def _checked_header(text: str, name: str, between: str) -> list[str]:
    """The column names, once every line is known to have as many cells as there are names."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between)
    header: list[str] = []
    try:
        for row in reader:
            header = header or row
            if row and len(row) != len(header):
                raise DataError(
                    f"{name}: line {reader.line_num} has {len(row)} cells where the first line "
                    f"names {len(header)} columns; repair it (or is the separator another than "
                    f"{between!r}? then say --separator)"
                )
    except csv.Error as error:
        raise DataError(f"{name}: line {reader.line_num}: {error}; repair the file") from error
    return [column.strip() for column in header]


def _example(text: str) -> str:
    """A word by which a person sees whether the encoding is right."""
    word = _FOREIGN_WORD.search(text)
    return f" (e.g. {word[0][:40]!r})" if word else ""
