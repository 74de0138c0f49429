"""Builds a table from typed Arrow columns, of a Parquet file or of a query's result.

A string column stays text, even if it looks like numbers. An empty string is missing: callers send
a missing text this way. Scoring reads cells by the same functions
(`baton_engine.tables.arrow.array_values`).
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from arro3.core import ChunkedArray, DataType

from baton_engine.tables.arrow.array_types import get_family, get_type_name
from baton_engine.tables.arrow.array_values import read_texts, read_values
from baton_engine.tables.column_indices import find_first_indices
from baton_engine.tables.text.number_texts import format_as_trained
from baton_engine.tables.values import Texts, Unsupported, join_values
from baton_trainer.tables.files.data_file import DataFile

_NO_TEXTS = Texts((), np.empty(0, np.int32))


def build_data_file(
    columns: Sequence[tuple[str, ChunkedArray | str]],
    rows: int,
    name: str,
    sha256: str | None = None,
) -> DataFile:
    """Builds a table.

    Args:
        columns: name and cells of each column; instead of cells, why they cannot be read.
        rows: the number of rows.
        name: the table's name in messages.
        sha256: the checksum of the bytes that it was read from; None: that of the cells.
    """
    names = [column.strip() for column, _ in columns]
    indices = find_first_indices(names)
    unreadable: dict[str, str] = {}
    series: list[pd.Series] = []
    for column, (_, cells) in zip(names, columns, strict=True):
        values = cells if isinstance(cells, str) else _convert_column(cells)
        if isinstance(values, str):
            unreadable[column] = values
            values = pd.Series(None, range(rows), dtype=object)
        series.append(values)
    frame = pd.DataFrame(dict(enumerate(series)), index=range(rows))
    frame.columns = pd.Index(names, dtype=object)
    return DataFile(
        name,
        frame,
        sha256 or _compute_checksum(frame),
        is_typed=True,
        decimal=".",
        unreadable=unreadable,
        texts=lambda column: _read_categories(columns[indices[column]][1]),
    )


def _compute_checksum(cells: pd.DataFrame) -> str:
    """Computes the SHA-256 of names, types and values, column by column."""
    checksum = hashlib.sha256()
    for at, name in enumerate(cells.columns):
        column = cells.iloc[:, at]
        checksum.update(f"{name}\0{column.dtype}\0".encode())
        if column.dtype == object:
            texts = ["-" if value is None else f"={value}" for value in column]
            checksum.update("\0".join(texts).encode())
        else:
            checksum.update(column.to_numpy().tobytes())
    return checksum.hexdigest()


def _describe_obstacle(kind: DataType) -> str:
    """Says why a column's values cannot be cells; empty if they can."""
    family = get_family(kind)
    if family == "nested":
        return f"its cells are nested ({_format_type(kind)}); write their fields as columns"
    if family == "bytes":
        return "its cells are bytes; write them as text or numbers"
    if family == "other":
        return f"its cells are of Arrow's type {_format_type(kind)}; write them as text or numbers"
    return ""


def _format_type(kind: DataType) -> str:
    return str(kind).removeprefix("arro3.core.DataType").strip("<>\n ")


def _convert_column(cells: ChunkedArray) -> pd.Series | str:
    """Returns values of one of the types of `cells.convert`, or why they cannot be cells."""
    family = get_family(cells.type)
    if reason := _describe_obstacle(cells.type):
        return reason
    if family in ("number", "decimal"):
        return _convert_numbers(cells, is_decimal=family == "decimal")
    texts = _read_texts(cells)
    if isinstance(texts, Unsupported):
        return f"its cells are of Arrow's type {texts.kind}; write them as text or numbers"
    return _convert_booleans(texts) if family == "boolean" else _convert_texts(texts)


def _convert_numbers(cells: ChunkedArray, *, is_decimal: bool) -> pd.Series:
    numbers = np.asarray(
        join_values([read_values(chunk) for chunk in cells.chunks] or [np.array([])])
    )
    # Whole numbers are floats if one is missing or beyond int64; decimals always are.
    is_whole = not is_decimal and numbers.dtype.kind in "iu" and numbers.dtype != np.uint64
    return pd.Series(numbers.astype(np.int64 if is_whole else np.float64))


def _convert_booleans(texts: Texts) -> pd.Series:
    values = [None if text is None else text == "True" for text in texts.to_list()]
    return pd.Series(values, dtype=object if None in values else np.bool_)


def _convert_texts(texts: Texts) -> pd.Series:
    """Returns the values as text: of a category, or of a column of text, dates or times."""
    distinct = [*texts.distinct]
    if texts.form == "number":
        distinct = format_as_trained(distinct)
    # One object per distinct text, not one per cell.
    spread = np.array([*(text or None for text in distinct), None], dtype=object)[texts.codes]
    return pd.Series(spread, dtype=object)


def _read_categories(cells: ChunkedArray | str) -> pd.Series:
    texts = cells if isinstance(cells, str) else _read_texts(cells)
    if isinstance(texts, str | Unsupported):
        raise TypeError(f"not texts: {texts}")  # such a column is `unreadable`
    return _convert_texts(texts)


def _read_texts(cells: ChunkedArray) -> Texts | Unsupported:
    texts = join_values([read_texts(chunk) for chunk in cells.chunks] or [_NO_TEXTS])
    if isinstance(texts, Texts | Unsupported):
        return texts
    return Unsupported(get_type_name(cells.type))
