"""Writes rows as a Parquet file, for the process that opens the original model."""

from pathlib import Path

from arro3.core import Array as ArrowArray
from arro3.core import DataType, Table
from arro3.io import write_parquet

from baton_engine.tables.columns import Array
from baton_registry.versions.schema import Column
from baton_trainer.importing.rows.rows import Rows, is_missing


def write_rows(rows: Rows, path: Path) -> None:
    """Writes the rows in the types of their columns; a missing text is null, a number NaN."""
    arrays = [_build_array(column, rows.arrays[column.name]) for column in rows.columns]
    table = Table.from_arrays(arrays, names=[column.name for column in rows.columns])
    write_parquet(table, path, compression="snappy")


def _build_array(column: Column, values: Array) -> ArrowArray:
    if column.type != "string":
        return ArrowArray.from_numpy(values)
    gaps = is_missing(column, values).tolist()
    texts = [None if gap else text for text, gap in zip(values.tolist(), gaps, strict=True)]
    return ArrowArray(texts, DataType.string())
