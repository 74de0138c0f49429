"""The features in the log: which columns of a version, and their cells as Arrow columns."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Field

from baton_common.prediction_log import FEATURE, MAX_TEXT
from baton_engine.tables.column_types import COLUMN_TYPES
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
        return [
            ArrowArray(_clean(column, _read(batches, index, column.name)), _TYPES[column.type])
            for index, column in self._columns
        ]


def _read(batches: Sequence[Batch], index: int, name: str) -> Iterable[Any]:
    """Reads the cells of one column."""
    for batch in batches:
        if isinstance(batch, RowBatch):
            for row in batch.cells:
                yield row[index]
        else:
            yield from batch.columns[name].ravel().tolist()


def _clean(column: Column, values: Iterable[Any]) -> list[Any]:
    """Converts cells to the column's Python type; NaN and the empty missing text become None."""
    kind = COLUMN_TYPES[column.type]
    if kind.is_text:
        missing = (None,) if column.required else (None, "")
        return [None if value in missing else _cut(value) for value in values]
    convert = kind.python
    # Only NaN differs from itself.
    return [None if value is None or value != value else convert(value) for value in values]  # noqa: PLR0124


def _cut(text: str) -> str:
    """Cuts a text. A lone surrogate, which Arrow cannot hold, becomes a question mark."""
    cut = text[:MAX_TEXT]
    return cut if cut.isascii() else cut.encode(errors="replace").decode()
