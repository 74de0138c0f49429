"""Synthetic rows to check a model with."""

from typing import Any

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Column, Schema

_ROWS = 4


def build_synthetic_rows(schema: Schema) -> Rows:
    """Builds a few different rows that the schema allows; the first is zeros.

    In the other rows neighbouring columns vary differently, to get different classes.
    """
    columns = [_build_cells(column, at) for at, column in enumerate(schema.columns)]
    return [*zip(*columns, strict=True)]


def _build_cells(column: Column, index: int) -> list[Any]:
    if column.categories:
        return [column.categories[row % len(column.categories)] for row in range(_ROWS)]
    plain, *others = COLUMN_TYPES[column.type].samples
    return [plain, *(others[(index + row) % len(others)] for row in range(len(others)))]
