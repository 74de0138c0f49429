"""Reads labels from a CSV or Parquet file."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from arro3.core import Array as ArrowArray

from baton_cli.bulk.chunks import Chunk
from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.tables import Table, open_table
from baton_cli.errors import CommandFailed
from baton_common.texts import shorten_to_line
from baton_engine.labels.label import MAX_CHARACTERS, MAX_FUTURE_US, MAX_ROW, is_request_id
from baton_engine.tables.arrow.array_values import read_texts
from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.text.datetimes import parse_datetime
from baton_engine.tables.text.missing_values import is_missing
from baton_engine.tables.text.reader_rule import TRIM_WHITE_SPACE
from baton_engine.tables.values import Texts

T = TypeVar("T")

MAX_KEY_BYTES = 256
"""Of a routing key; inference ignores longer ones."""
MAX_NAMED_COLUMNS = 20


@dataclass(frozen=True)
class LabelColumns:
    """The names of the columns.

    Attributes:
        identity: the request id, or the routing key.
        label: the label.
        row: the number of the row in the request; None: 0.
        at: when the label became known; None: not said.
        is_key: whether `identity` is the routing key.
    """

    identity: str
    label: str
    row: str | None = None
    at: str | None = None
    is_key: bool = False


class LabelRow(NamedTuple):
    """One row of the file that has a label.

    Attributes:
        location: where it is in the file, e.g. `line 17`.
        identity: the request id, or the routing key.
        row: the number of the row in the request.
        text: the label.
        at_us: when it became known, in microseconds since 1970; None if not said.
    """

    location: str
    identity: str
    row: int
    text: str
    at_us: int | None


class LabelRows(NamedTuple):
    """The rows of a file.

    Attributes:
        labelled: those with a label.
        unlabelled: the number of the others: their label is not known yet.
    """

    labelled: Sequence[LabelRow]
    unlabelled: int


def read_label_rows(
    path: Path, columns: LabelColumns, csv_format: CsvFormat, now_us: int
) -> LabelRows:
    """Reads and checks all rows.

    Args:
        path: the file.
        columns: the names of its columns.
        csv_format: how to read a CSV file.
        now_us: microseconds since 1970; no label becomes known much later.

    Raises:
        CommandFailed: the file cannot be read, a column is missing, or a row is not valid; the
            line names the first one.
    """
    reader = _RowReader(path, columns, now_us + MAX_FUTURE_US)
    try:
        with path.open("rb") as file:
            table = open_table(path, file, csv_format, TRIM_WHITE_SPACE)
            _check_columns(path, table, columns)
            rows = [*reader.read(table)]
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CommandFailed(
            f"cannot read {path}: {reason}; choose a CSV or Parquet file"
        ) from error
    labelled = [row for row in rows if row is not None]
    return LabelRows(labelled, len(rows) - len(labelled))


def _check_columns(path: Path, table: Table, columns: LabelColumns) -> None:
    names = [field.name for field in table.fields]
    for name in (columns.identity, columns.row, columns.label, columns.at):
        if name is not None and name not in names:
            shown = ", ".join(shorten_to_line(each) for each in names[:MAX_NAMED_COLUMNS])
            raise CommandFailed(f"{path}: there is no column {name!r}; it has {shown}{table.hint}")


class _RowReader:
    """Reads the rows of a table."""

    def __init__(self, path: Path, columns: LabelColumns, latest_us: int) -> None:
        self._path = path
        self._columns = columns
        self._latest_us = latest_us
        self._read_identity = _read_key if columns.is_key else _read_request_id

    def read(self, table: Table) -> Iterator[LabelRow | None]:
        """Yields each row; None for one without a label."""
        for chunk, malformed in table.read_chunks():
            for location, reason in malformed:
                raise CommandFailed(f"{self._path}: {location} {reason}; correct the row")
            yield from self._read_chunk(chunk)

    def _read_chunk(self, chunk: Chunk) -> Iterator[LabelRow | None]:
        columns = self._columns
        none: list[str | None] = [None] * len(chunk.positions)
        identities = self._read_texts(chunk, columns.identity)
        labels = self._read_texts(chunk, columns.label)
        numbers = none if columns.row is None else self._read_texts(chunk, columns.row)
        times = none if columns.at is None else self._read_texts(chunk, columns.at)
        cells = zip(chunk.positions, identities, labels, numbers, times, strict=True)
        for location, identity, label, number, at in cells:
            if label is None:
                yield None
                continue
            yield LabelRow(
                location,
                self._check(location, columns.identity, self._read_identity, identity),
                0
                if columns.row is None
                else self._check(location, columns.row, _read_number, number),
                self._check(location, columns.label, _read_label, label),
                None if at is None else self._check(location, columns.at, self._read_time, at),
            )

    def _read_texts(self, chunk: Chunk, name: str) -> list[str | None]:
        """Reads a column as texts; None for a missing value."""
        [array] = chunk.copy_columns([name])
        texts = read_texts(ArrowArray.from_arrow(array))
        if not isinstance(texts, Texts):
            raise CommandFailed(f"{self._path}: column {name!r} holds Arrow's {texts.kind}")
        return [None if text is None or is_missing(text) else text for text in texts.to_list()]

    def _check(
        self, location: str, column: str | None, read: Callable[[str], T], text: str | None
    ) -> T:
        """Reads a cell. Raises `CommandFailed`, which names it."""
        try:
            return read(_require(text))
        except CellError as error:
            raise CommandFailed(
                f"{self._path}: {location}, column {column!r}: {error}; correct the row"
            ) from error

    def _read_time(self, text: str) -> int:
        at_us = parse_datetime(text) // 1000
        if at_us > self._latest_us:
            raise CellError("is in the future")
        return at_us


def _require(text: str | None) -> str:
    if text is None:
        raise CellError("is missing")
    return text


def _read_request_id(text: str) -> str:
    if not is_request_id(text):
        raise CellError("must be the X-Request-ID of an answer")
    return text


def _read_key(text: str) -> str:
    if len(text.encode()) > MAX_KEY_BYTES:
        raise CellError(f"has more than {MAX_KEY_BYTES} bytes, which no routing key has")
    return text


def _read_number(text: str) -> int:
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or int(text) > MAX_ROW:
        raise CellError("must be the number of a row in the request, from 0")
    return int(text)


def _read_label(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise CellError(f"has more than {MAX_CHARACTERS} characters")
    return text
