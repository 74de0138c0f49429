"""`text/csv`: RFC 4180, read as `pandas.read_csv` would with the signature's types."""

import csv
import io
import math
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np

from baton_engine.columns import DTYPES, MISSING_TEXT, Array
from baton_inference.codecs.cells import INTEGER_RANGES, CellError
from baton_inference.codecs.frame import Frame, check_rows
from baton_inference.errors import MalformedBody
from baton_registry.signature import Column

CSV = b"text/csv"
MISSING = frozenset({
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
})  # fmt: skip
"""What pandas reads as missing: https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html"""

_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)
# Python's own float() also takes 1_000, other alphabets' digits, and NAN.
_NUMBER = re.compile(
    r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)\s*", re.ASCII | re.IGNORECASE
)
_END_MARK = "\0end"


def csv_frame(body: bytes, names: Collection[str], max_rows: int) -> Frame:
    """The table below the header; where rows are wider than it, their first cells are an index.

    Args:
        body: the text.
        names: the columns that are wanted.
        max_rows: rows that a request may hold.

    Raises:
        MalformedBody: not UTF-8, without a header, an open quote, or a row that is too wide.
        TooManyRows: more than allowed.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    lines = _lines(text)
    header = next(lines, None)
    if header is None:
        raise MalformedBody("the body has no header line")
    table = [*lines]
    check_rows(len(table), max_rows)
    indexes = max(len(table[0]) - len(header), 0) if table else 0
    for number, row in enumerate(table):
        if len(row) > len(header) + indexes:
            raise MalformedBody(f"row {number} has {len(row)} cells, the header has {len(header)}")
    at = {name: indexes + number for number, name in enumerate(_unique(header))}
    columns = {name: _cells(table, at[name]) for name in names if name in at}
    return Frame(len(table), columns, csv_cast)


def csv_cast(column: Column, values: Sequence[str]) -> Array:
    """As `pandas.read_csv(dtype=…)` does: a column is numbers or booleans, not both.

    Raises:
        ValueError: a value is not of the column's type.
    """
    if column.type == "string":
        texts: list[Any] = [MISSING_TEXT if value in MISSING else value for value in values]
        return np.array(texts, dtype=np.object_)
    if {value.lower() for value in values} <= _BOOLEANS.keys():
        parsed: list[Any] = [_BOOLEANS[value.lower()] for value in values]
    elif column.type in ("float", "double"):
        parsed = [_number(value) for value in values]
    else:
        parsed = [_whole(column, value) for value in values]
    with np.errstate(over="ignore"):
        return np.array(parsed, dtype=DTYPES[column.type])


def _lines(text: str) -> Iterator[list[str]]:
    """The lines that are not blank, split into cells."""
    # A quote that is never closed would swallow the mark.
    reader = csv.reader(io.StringIO(f"{text}\n{_END_MARK}", newline=""))
    last: list[str] = []
    try:
        for row in reader:
            if last and (len(last) > 1 or last[0].strip(" \t") or not last[0]):
                yield last
            last = row
    except csv.Error as error:  # a cell of more than 128 KiB, to which Python limits them
        raise MalformedBody(f"the body is not CSV: {error}") from error
    if last != [_END_MARK]:
        raise MalformedBody("the body is not CSV: a quote is not closed")


def _cells(table: Sequence[Sequence[str]], at: int) -> list[str]:
    """One column; a row that is too short has gaps at its end."""
    return [row[at] if at < len(row) else "" for row in table]


def _unique(header: Sequence[str]) -> list[str]:
    """The names, made unique as pandas does: `a`, `a.1` and so on."""
    counts: dict[str, int] = {}
    names: list[str] = []
    for number, given in enumerate(header):
        name = base = given or f"Unnamed: {number}"
        while name in counts:
            name = f"{base}.{counts[base]}"
            counts[base] += 1
        counts[name] = 1
        names.append(name)
    return names


def _number(value: str) -> float:
    if value in MISSING:
        return math.nan
    if not _NUMBER.fullmatch(value):
        raise CellError("must be a number")
    return float(value)


def _whole(column: Column, value: str) -> int:
    least, greatest = INTEGER_RANGES.get(column.type, (0, 1))  # a boolean may be 0 or 1
    if _INTEGER.fullmatch(value):
        number: float = int(value)
    else:
        number = _number(value)
        if not number.is_integer():  # NaN and infinity are none either
            raise CellError(f"must be {'true or false' if least == 0 else 'a whole number'}")
    if not least <= number <= greatest:
        raise CellError(f"is beyond the range of the column's type, {column.type}")
    return int(number)
