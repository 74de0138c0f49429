"""The features in the log: which columns of a version, and their cells as Arrow columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field

from baton_common.prediction_log import FEATURE, MAX_TEXT
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_inference.scoring.batch import Batch, RowBatch
from baton_registry.versions.schema import Column, Schema

_TYPES = {
    "boolean": DataType.bool(),
    "integer": DataType.int32(),
    "long": DataType.int64(),
    "float": DataType.float32(),
    "double": DataType.float64(),
    "string": DataType.string(),
    "datetime": DataType.string(),  # as the caller wrote it: ISO 8601
}


def choose_columns(
    schema: Schema, private: Collection[str] | None, chosen: Collection[str] | None
) -> list[int]:
    """Chooses the columns to log, as indices into those of the schema.

    Args:
        schema: the columns of the version.
        private: the columns that must not be logged; None if they are not known: then none is.
        chosen: the columns that the settings name; None for all.
    """
    if private is None:
        return []
    return [
        index
        for index, column in enumerate(schema.columns)
        if column.name not in private and (chosen is None or column.name in chosen)
    ]


class Features:
    """The logged columns of one version."""

    def __init__(self, schema: Schema, indices: Sequence[int]) -> None:
        """Takes the schema, and which of its columns are logged."""
        self._columns = [(index, schema.columns[index]) for index in indices]

    @property
    def fields(self) -> list[Field]:
        """The columns of the log."""
        return [Field(FEATURE + column.name, _TYPES[column.type]) for _, column in self._columns]

    def build(self, batches: Sequence[Batch]) -> list[ArrowArray]:
        """Builds the columns of `fields`; a missing value is null."""
        table: list[list[Any]] = [[] for _ in self._columns]
        for block in _read_blocks(batches):
            for (index, column), values in zip(self._columns, table, strict=True):
                if isinstance(block, list):
                    values.extend(block[index])
                else:
                    values.extend(block[column.name].ravel().tolist())
        return [
            _build_column(column, values)
            for (_, column), values in zip(self._columns, table, strict=True)
        ]


def _read_blocks(
    batches: Iterable[Batch],
) -> Iterator[list[tuple[Any, ...]] | Mapping[str, Array]]:
    """Yields columns by index, of all rows that follow each other, or by name."""
    rows: list[Sequence[Any]] = []
    for batch in batches:
        if isinstance(batch, RowBatch):
            rows += batch.cells
        else:
            if rows:
                yield [*zip(*rows, strict=True)]
                rows = []
            yield batch.columns
    if rows:
        yield [*zip(*rows, strict=True)]


def _build_column(column: Column, values: list[Any]) -> ArrowArray:
    """Builds one column: in few steps if no cell needs care, else cell by cell.

    It holds the interpreter's lock, so the time of a column delays answers.
    """
    kind = COLUMN_TYPES[column.type]
    if kind.is_text:
        return ArrowArray(_clean_texts(column, values), _TYPES[column.type])
    if kind.python is not bool:  # numpy would read None as False
        with suppress(TypeError, ValueError, OverflowError):
            array = np.array(values, kind.dtype)
            if not np.isnan(array).any():
                return ArrowArray.from_numpy(array)
    convert = kind.python
    # Only NaN differs from itself.
    cleaned = [None if each is None or each != each else convert(each) for each in values]  # noqa: PLR0124
    return ArrowArray(cleaned, _TYPES[column.type])


def _clean_texts(column: Column, values: list[str | None]) -> list[str | None]:
    """Cuts long texts; the empty missing text becomes None."""
    distinct = {each for each in {*values} if each is not None}
    if not column.required and "" in distinct:
        values = [each or None for each in values]
    if "".join(distinct).isascii() and max(map(len, distinct), default=0) <= MAX_TEXT:
        return values
    return [None if each is None else _cut(each) for each in values]


def _cut(text: str) -> str:
    """Cuts a text. A lone surrogate, which Arrow cannot hold, becomes a question mark."""
    cut = text[:MAX_TEXT]
    return cut if cut.isascii() else cut.encode(errors="replace").decode()
