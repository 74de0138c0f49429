"""Takes rows out of the batches of requests."""

from collections.abc import Mapping
from typing import Any

from baton_engine.tables.columns import Array
from baton_inference.scoring.batch import Batch, ColumnBatch, RowBatch
from baton_inference.shadow.rows.row_adapter import Cells
from baton_registry.versions.schema import Schema


def take_row(batch: Batch, index: int) -> Batch:
    """Returns one row as a batch of its own, which does not keep the others in memory."""
    if isinstance(batch, RowBatch):
        return RowBatch(1, [batch.cells[index]])
    return ColumnBatch(1, copy_row(batch.columns, index))


def copy_row(columns: Mapping[str, Array], index: int) -> dict[str, Array]:
    """Copies one row of columns or scores, each of shape `[n]` or `[n, k]`, to shape `[1, …]`."""
    return {name: values[index : index + 1].copy() for name, values in columns.items()}


def read_cells(batch: Batch, schema: Schema, index: int = 0) -> Cells:
    """Returns the values of one row in the order of the schema; None means missing."""
    if isinstance(batch, RowBatch):
        return batch.cells[index]
    return tuple([_read_cell(batch.columns[each.name], index) for each in schema.columns])


def _read_cell(column: Array, index: int) -> Any:
    value = column.item(index)
    return None if value != value else value  # noqa: PLR0124 - only NaN differs from itself
