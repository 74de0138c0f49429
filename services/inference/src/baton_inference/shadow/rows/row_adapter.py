"""Converts the cells of a row from the columns of one version to those of another.

A canary that would break the callers of production is refused. So it has all of production's
columns with their types, in any order, and may have optional ones besides.
"""

from collections.abc import Callable
from typing import Any

from baton_registry.versions.schema import Schema

Cells = tuple[Any, ...]
"""The values of a row in the order of a schema; None means missing."""

Adapt = Callable[[Cells], Cells | None]
"""Returns the cells in the order of the other schema; None if that schema refuses the row."""


def compile_adapter(before: Schema, after: Schema) -> Adapt:
    """Compiles the function that converts rows of the schema `before` to rows of `after`.

    A column that only `after` has is missing in each row.
    """
    positions = {column.name: at for at, column in enumerate(before.columns)}
    indices = [positions.get(column.name) for column in after.columns]
    can_be_missing = [
        at
        for at, column in enumerate(after.columns)
        if column.required and _can_be_missing(before, indices[at])
    ]
    if indices == [*range(len(before.columns))] and not can_be_missing:
        return lambda cells: cells

    def adapt(cells: Cells) -> Cells | None:
        adapted = tuple([None if index is None else cells[index] for index in indices])
        if any(adapted[at] is None for at in can_be_missing):
            return None
        return adapted

    return adapt


def _can_be_missing(schema: Schema, index: int | None) -> bool:
    return index is None or not schema.columns[index].required
