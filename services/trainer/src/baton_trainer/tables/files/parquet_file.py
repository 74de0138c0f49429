"""A Parquet file as a table of typed columns, read by Arrow without pyarrow's 150 MB.

A string column stays text, whatever it looks like: its author has said so. An empty string is
missing, for that is how the service is told of a missing text. Cells are read by the functions that
scoring reads them by (`baton_engine.tables.arrow_values`).
"""

import hashlib

import arro3.io
import numpy as np
import pandas as pd
from arro3.core import ChunkedArray, DataType, Table

from baton_engine.tables.arrow_types import family_of
from baton_engine.tables.arrow_values import texts_of, values_of
from baton_engine.tables.number_texts import training_texts
from baton_engine.tables.panics import panics_as_errors
from baton_engine.tables.values import Texts, joined
from baton_trainer.errors import DataError, first_line
from baton_trainer.tables.files.data_file import DataFile

MAGIC = b"PAR1"

_FOOTER_BYTES = 8  # the length of the metadata, four bytes little-endian, and the magic again
_BATCH_ROWS = 65_536
_NO_TEXTS = Texts((), np.empty(0, np.int32))


def parse(content: bytes, name: str) -> DataFile:
    """Parses the bytes of a Parquet file.

    Raises:
        DataError: it is damaged, or its columns cannot be held.
    """
    table = _table(content, name)
    names = [column.strip() for column in table.column_names]
    unreadable: dict[str, str] = {}
    columns: list[pd.Series] = []
    for place, column in enumerate(names):
        if reason := _obstacle(table.schema.field(place).type):
            unreadable[column] = reason
            columns.append(pd.Series(None, range(table.num_rows), dtype=object))
        else:
            columns.append(_column(table.column(place)))
    cells = pd.DataFrame(dict(enumerate(columns)), index=range(table.num_rows))
    cells.columns = pd.Index(names, dtype=object)
    return DataFile(
        name,
        cells,
        hashlib.sha256(content).hexdigest(),
        is_typed=True,
        decimal=".",
        unreadable=unreadable,
        texts=lambda column: _text_column(table.column(names.index(column)), column),
    )


def _table(content: bytes, name: str) -> Table:
    """The file's table; what has no footer is not worth asking the library about."""
    length = int.from_bytes(content[-_FOOTER_BYTES : -len(MAGIC)], "little")
    if not content.endswith(MAGIC) or length + _FOOTER_BYTES + len(MAGIC) > len(content):
        raise DataError(f"{name}: the Parquet file is cut off or damaged; write it anew")
    try:
        with panics_as_errors():
            return arro3.io.read_parquet(content, batch_size=_BATCH_ROWS).read_all()
    except Exception as error:
        raise DataError(
            f"{name}: the Parquet file is damaged ({first_line(error)}); write it anew"
        ) from error


def _obstacle(kind: DataType) -> str:
    """Why a column's values are no cells; empty where they are."""
    family = family_of(kind)
    if family == "nested":
        return f"its cells are nested ({_shown(kind)}); write what they hold as columns"
    if family == "bytes":
        return "its cells are bytes; write them as text or numbers"
    if family == "other":
        return f"its cells are of Arrow's type {_shown(kind)}; write them as text or numbers"
    return ""


def _shown(kind: DataType) -> str:
    return str(kind).removeprefix("arro3.core.DataType").strip("<>\n ")


def _column(cells: ChunkedArray) -> pd.Series:
    """The values in one of the types of `cells.typed`."""
    family = family_of(cells.type)
    if family == "boolean":
        return _booleans(cells)
    if family not in ("number", "decimal"):
        return _text_column(cells)
    values = joined([values_of(chunk) for chunk in cells.chunks] or [np.array([])])
    numbers = np.asarray(values)
    # Where some are missing, or beyond int64, whole numbers are floats; decimals always are.
    is_whole = family == "number" and numbers.dtype.kind in "iu" and numbers.dtype != np.uint64
    return pd.Series(numbers.astype(np.int64 if is_whole else np.float64))


def _booleans(cells: ChunkedArray) -> pd.Series:
    texts = _texts(cells)
    values = [None if text is None else text == "True" for text in texts.listed()]
    return pd.Series(values, dtype=object if None in values else np.bool_)


def _text_column(cells: ChunkedArray) -> pd.Series:
    """The values as text: of a category, or of a column that holds text, dates or times."""
    texts = _texts(cells)
    distinct = [*texts.distinct]
    if texts.form == "number":
        distinct = training_texts(distinct)
    # One object a text, not one a cell.
    found = np.array([*(text or None for text in distinct), None], dtype=object)[texts.codes]
    return pd.Series(found, dtype=object)


def _texts(cells: ChunkedArray) -> Texts:
    found = joined([texts_of(chunk) for chunk in cells.chunks] or [_NO_TEXTS])
    if not isinstance(found, Texts):
        raise TypeError(f"cells of {found}")  # `_obstacle` keeps them out
    return found
