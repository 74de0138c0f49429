"""A CSV file as a table of text, with its checksum: nothing is lost, no cell is read yet."""

import hashlib
import io
import re
from collections.abc import Iterator
from itertools import islice

import pandas as pd

from baton_common.texts import truncate
from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import TRIMMED, ReaderRule
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import encoding
from baton_trainer.tables.files.data_file import DataFile

_BATCH_ROWS = 4096

_OTHERS = {"{": "JSON", "[{": "JSON", "[[": "JSON", "<!": "HTML", "<h": "HTML", "<?": "XML"}
_FOREIGN_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")


def parse(
    content: bytes,
    name: str,
    wanted: Data = Data(),  # noqa: B008 - frozen
    rule: ReaderRule = TRIMMED,
) -> DataFile:
    """Parses the bytes of a CSV file whose first line names the columns.

    Args:
        content: the file's bytes.
        name: what to call it in messages.
        wanted: what is known of the file.
        rule: how to read its cells.

    Raises:
        DataError: it is no such file, or how to read it cannot be told.
    """
    text, encoded = encoding.decode(content, name, wanted.encoding)
    _check_kind(text, name)
    try:
        reader = FileReader(io.StringIO(text, newline=""), wanted.separator, rule)
        columns = _read_columns(reader, name)
    except SeveralSeparators as error:
        raise DataError(f"{name}: {error}") from error
    except CsvError as error:
        raise DataError(f"{name}: {error}; repair the file") from error
    found = reader.describe_format()
    if wanted.encoding is None and encoded != encoding.PLAIN:
        found.insert(0, f"encoding {encoded}{_format_example(text)}")
    if reader.has_trimmed:
        found.append("white space around cells removed")
    cells = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    cells.columns = pd.Index(reader.names, dtype=object)  # as they are: one may be there twice
    return DataFile(
        name=name,
        cells=cells,
        sha256=hashlib.sha256(content).hexdigest(),
        decimal=wanted.decimal,
        found=tuple(found),
        rule=rule,
        has_trimmed=reader.has_trimmed,
    )


def _check_kind(text: str, name: str) -> None:
    start = text.lstrip()[:2].lower()
    if not start:
        raise DataError(f"{name}: the file is empty; its first line must name the columns")
    for opening, what in _OTHERS.items():
        if start.startswith(opening):
            raise DataError(f"{name}: the file is {what}; save the table as CSV or Parquet")


def _read_columns(reader: FileReader, name: str) -> list[list[str]]:
    """The cells of each column, once every row is known to have as many cells as there are names.

    Raises:
        DataError: a row has not.
        CsvError: see `FileReader.rows`.
    """
    columns: list[list[str]] = [[] for _ in reader.names]
    known: list[dict[str, str]] = [{} for _ in reader.names]
    rows = _read_rows(reader, name)
    while batch := [*islice(rows, _BATCH_ROWS)]:
        for column, texts, cells in zip(columns, known, zip(*batch, strict=True), strict=True):
            column.extend(map(texts.setdefault, cells, cells))  # equal cells share one text
    return columns


def _read_rows(reader: FileReader, name: str) -> Iterator[list[str]]:
    for line, cells, why in reader.iter_rows():
        if why:
            repair = "repair it"
            if len(reader.names) == 1:
                repair = "remove what stands above the names of the columns"
            raise DataError(
                f"{name}: line {line} {why}; {repair} (or is the separator another than "
                f"{reader.separator!r}? then say --separator)"
            )
        yield cells


def _format_example(text: str) -> str:
    """A word by which a person sees whether the encoding is right."""
    word = _FOREIGN_WORD.search(text)
    return f" (e.g. {truncate(word[0], 40)!r})" if word else ""
