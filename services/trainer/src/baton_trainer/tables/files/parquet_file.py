"""Reads a Parquet file as typed columns, by arro3 instead of pyarrow's 150 MB.

A string column stays text, even if it looks like numbers. An empty string is missing: callers send
a missing text this way. Scoring reads cells by the same functions
(`baton_engine.tables.arrow_values`).
"""

import hashlib

import numpy as np
import pandas as pd
from arro3.core import ChunkedArray, DataType, Table

from baton_common.texts import get_first_line
from baton_engine.tables.arrow_types import get_family, get_type_name
from baton_engine.tables.arrow_values import read_texts, read_values
from baton_engine.tables.column_places import find_first_places
from baton_engine.tables.panics import convert_panics
from baton_engine.tables.parquet_reader import UnreadableColumn, open_parquet
from baton_engine.tables.text.number_texts import format_as_trained
from baton_engine.tables.values import Texts, Unsupported, join_values
from baton_trainer.errors import DataError
from baton_trainer.tables.files.data_file import DataFile

MAGIC = b"PAR1"

_FOOTER_BYTES = 8  # the length of the metadata, four bytes little-endian, and the magic again
_BATCH_ROWS = 65_536
_NO_TEXTS = Texts((), np.empty(0, np.int32))


def parse(content: bytes, name: str) -> DataFile:
    """Parses the bytes of a Parquet file.

    Raises:
        DataError: the file is damaged, or a column cannot be read.
    """
    table = _read_table(content, name)
    names = [column.strip() for column in table.column_names]
    indices = find_first_places(names)
    unreadable: dict[str, str] = {}
    columns: list[pd.Series] = []
    for index, column in enumerate(names):
        values = _convert_column(table.column(index))
        if isinstance(values, str):
            unreadable[column] = values
            values = pd.Series(None, range(table.num_rows), dtype=object)
        columns.append(values)
    cells = pd.DataFrame(dict(enumerate(columns)), index=range(table.num_rows))
    cells.columns = pd.Index(names, dtype=object)
    return DataFile(
        name,
        cells,
        hashlib.sha256(content).hexdigest(),
        is_typed=True,
        decimal=".",
        unreadable=unreadable,
        texts=lambda column: _read_categories(table.column(indices[column])),
    )


def _read_table(content: bytes, name: str) -> Table:
    """Reads the file's table; content without a footer does not reach the library."""
    length = int.from_bytes(content[-_FOOTER_BYTES : -len(MAGIC)], "little")
    if not content.endswith(MAGIC) or length + _FOOTER_BYTES + len(MAGIC) > len(content):
        raise DataError(f"{name}: the Parquet file is cut off or damaged; write it again")
    try:
        with convert_panics():
            return open_parquet(content, _BATCH_ROWS).read_all()
    except UnreadableColumn as error:
        raise DataError(f"{name}: {error}") from error
    except Exception as error:
        raise DataError(
            f"{name}: the Parquet file is damaged ({get_first_line(error)}); write it again"
        ) from error


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


def _read_categories(cells: ChunkedArray) -> pd.Series:
    texts = _read_texts(cells)
    if isinstance(texts, Unsupported):
        raise TypeError(f"cells of {texts.kind}")  # such a column is `unreadable`
    return _convert_texts(texts)


def _read_texts(cells: ChunkedArray) -> Texts | Unsupported:
    texts = join_values([read_texts(chunk) for chunk in cells.chunks] or [_NO_TEXTS])
    if isinstance(texts, Texts | Unsupported):
        return texts
    return Unsupported(get_type_name(cells.type))
