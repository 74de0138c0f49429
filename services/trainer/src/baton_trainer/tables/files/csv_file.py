"""Reads a CSV file as texts; `tables.columns` types them."""

import hashlib
import io
import re

import pandas as pd

from baton_common.texts import truncate
from baton_engine.tables.text.csv_rows import CsvError
from baton_engine.tables.text.file_reader import FileReader, SeveralSeparators
from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE, ReaderRule
from baton_trainer.errors import DataError
from baton_trainer.request import Data
from baton_trainer.tables.files import encoding
from baton_trainer.tables.files.data_file import DataFile

_OTHERS = {"{": "JSON", "[{": "JSON", "[[": "JSON", "<!": "HTML", "<h": "HTML", "<?": "XML"}
_FOREIGN_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")


def parse(
    content: bytes,
    name: str,
    options: Data = Data(),  # noqa: B008 - frozen
    rule: ReaderRule = TRIM_WHITE_SPACE,
) -> DataFile:
    """Parses the bytes of a CSV file whose first line names the columns.

    Args:
        content: the file's bytes.
        name: the file's name in messages.
        options: the user's options; the rest is detected.
        rule: how to read cells.

    Raises:
        DataError: the content is no CSV file, or its format cannot be detected.
    """
    text, codec = encoding.decode(content, name, options.encoding)
    _check_format(text, name)
    try:
        reader = FileReader(io.StringIO(text, newline=""), options.separator, rule)
        columns = _read_columns(reader, name)
    except SeveralSeparators as error:
        raise DataError(f"{name}: {error}") from error
    except CsvError as error:
        raise DataError(f"{name}: {error}; fix the file") from error
    notes = reader.describe_format()
    is_detected = options.encoding is None and codec != encoding.PLAIN
    if reader.has_trimmed:
        notes.append("white space around cells, which is removed")
    return DataFile(
        name=name,
        cells=_build_frame(reader.names, columns),
        sha256=hashlib.sha256(content).hexdigest(),
        decimal=options.decimal,
        encoding=codec if is_detected else "",
        foreign_word=_find_foreign_word(text) if is_detected else "",
        notes=tuple(notes),
        rule=rule,
        has_trimmed=reader.has_trimmed,
    )


def _build_frame(names: list[str], columns: list[list[str | None]]) -> pd.DataFrame:
    cells = pd.DataFrame(dict(enumerate(columns)), dtype=object)
    cells.columns = pd.Index(names, dtype=object)  # unchanged: names may repeat
    return cells


def _check_format(text: str, name: str) -> None:
    start = text.lstrip()[:2].lower()
    if not start:
        raise DataError(f"{name}: the file is empty; its first line must name the columns")
    for opening, what in _OTHERS.items():
        if start.startswith(opening):
            raise DataError(f"{name}: the file is {what}; save the table as CSV or Parquet")


def _read_columns(reader: FileReader, name: str) -> list[list[str | None]]:
    """Reads the cells of each column.

    Raises:
        DataError: a row has more or fewer cells than there are names.
        CsvError: see `FileReader.iter_columns`.
    """
    columns: list[list[str | None]] = [[] for _ in reader.names]
    known: list[dict[str | None, str | None]] = [{} for _ in reader.names]
    for part in reader.iter_columns():
        for line, reason in part.misfits:
            advice = "fix the row"
            if len(reader.names) == 1:
                advice = "remove the lines above the header"
            raise DataError(
                f"{name}: line {line} {reason}; {advice} (if the separator is not "
                f"{reader.separator!r}, set --separator)"
            )
        for column, texts, cells in zip(columns, known, part.columns, strict=True):
            distinct = [
                texts.setdefault(text, text) for text in cells.distinct
            ]  # shares equal ones
            column += [distinct[code] for code in cells.codes.tolist()]
    return columns


def _find_foreign_word(text: str) -> str:
    """Finds a word with a letter that is not ASCII; empty if there is none."""
    word = _FOREIGN_WORD.search(text)
    return truncate(word[0], 40) if word else ""
