"""A Parquet file as a table of typed columns, read by Arrow without pyarrow's 150 MB.

A string column stays text, whatever it looks like: its author has said so. An empty string is
missing, for that is how the service is told of a missing text.
"""

import hashlib
from typing import Any

import arro3.io
import numpy as np
import pandas as pd
from arro3.core import ChunkedArray, DataType, Table

from baton_engine.tables.panics import panics_as_errors
from baton_trainer.errors import DataError, first_line
from baton_trainer.tables.files.data_file import DataFile

MAGIC = b"PAR1"

_FOOTER_BYTES = 8  # the length of the metadata, four bytes little-endian, and the magic again
_BATCH_ROWS = 65_536


def parse(content: bytes, name: str) -> DataFile:
    """Parses the bytes of a Parquet file.

    Raises:
        DataError: it is damaged, or its columns cannot be held.
    """
    table = _table(content, name)
    unreadable: dict[str, str] = {}
    columns: list[pd.Series] = []
    names = [column.strip() for column in table.column_names]
    for place, column in enumerate(names):
        if reason := _obstacle(table.schema.field(place).type):
            unreadable[column] = reason
            columns.append(pd.Series(None, range(table.num_rows), dtype=object))
        else:
            columns.append(_column(table.column(place)))
    cells = pd.DataFrame(dict(enumerate(columns)), index=range(table.num_rows))
    cells.columns = pd.Index(names, dtype=object)
    digest = hashlib.sha256(content).hexdigest()
    return DataFile(name, cells, digest, is_typed=True, decimal=".", unreadable=unreadable)


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


def _is(kind: DataType, *names: str) -> bool:
    """Whether a type is one of those; arro3's own stubs take `bool` for its method of that name."""
    return any(getattr(DataType, f"is_{name}")(kind) for name in names)


def _obstacle(kind: DataType) -> str:
    """Why a column's values are no cells; empty where they are."""
    if kind.value_type is not None and _is(kind, "dictionary"):
        return _obstacle(kind.value_type)
    if _is(kind, "nested"):
        return f"its cells are nested ({_shown(kind)}); write what they hold as columns"
    if _is(kind, "binary", "large_binary", "binary_view", "fixed_size_binary"):
        return "its cells are bytes; write them as text or numbers"
    return ""


def _shown(kind: DataType) -> str:
    return str(kind).removeprefix("arro3.core.DataType").strip("<>\n ")


def _column(values: ChunkedArray) -> pd.Series:
    """The values in one of the types of `cells.typed`."""
    kind = values.type
    if kind.value_type is not None and _is(kind, "dictionary"):
        values = values.cast(kind.value_type)
        kind = values.type
    if _is(kind, "integer") and not _is(kind, "uint64") and not values.null_count:
        return pd.Series(_numbers(values, DataType.int64()))
    if _is(kind, "numeric", "decimal"):
        return pd.Series(_numbers(values, DataType.float64()))
    if _is(kind, "boolean"):
        found = values.to_pylist()
        return pd.Series(found, dtype=object if None in found else np.bool_)
    texts = [text or None for text in values.cast(DataType.string()).to_pylist()]
    codes, different = pd.factorize(np.array(texts, dtype=object))
    # One object a text, not one a cell. The code of a gap is -1: the last one.
    spread = np.array([*different, None], dtype=object)[codes]
    return pd.Series(spread, dtype=spread.dtype)


def _numbers(values: ChunkedArray, kind: DataType) -> np.ndarray[Any, np.dtype[Any]]:
    cast = values.cast(kind)
    if cast.null_count:
        return np.array(cast.to_pylist(), np.float64)  # numpy reads None as NaN
    return np.asarray(cast.to_numpy()) if len(cast) else np.array([])
