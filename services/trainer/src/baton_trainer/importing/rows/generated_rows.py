"""Generated rows: what a table of examples seldom has, and where conversions differ most.

Each varies one cell of a real row: an optional column without a value, a text column with a text
that no training table has, a column of numbers at its least and greatest value and just beside
them. Trees compare with thresholds, so a value that is rounded elsewhere falls on the other side.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import ENCODED_MISSING, Array
from baton_registry.versions.schema import Column
from baton_trainer.importing.rows.rows import Rows, is_missing

UNSEEN_TEXT = "baton: an unseen text"
MAX_ROWS = 10_000
_BASES = 3
"""Each cell is varied in this many real rows, if they have no more than `MAX_ROWS` variants."""


class Variant(NamedTuple):
    """A value for one cell.

    Attributes:
        column: the column's name.
        value: NaN or `ENCODED_MISSING` if it is missing.
        description: e.g. `plan missing`.
    """

    column: str
    value: Any
    description: str


def generate_rows(rows: Rows) -> Rows:
    """Generates variants of a few rows; at most `MAX_ROWS`.

    Args:
        rows: real rows, of which there is at least one.
    """
    variants = [v for column in rows.columns for v in _list_variants(column, rows)][:MAX_ROWS]
    bases = _choose_bases(rows)[: max(1, MAX_ROWS // max(len(variants), 1))]
    indices = np.repeat(bases, len(variants))
    arrays = rows.take(indices)
    for position, variant in enumerate(variants):
        where = slice(position, None, len(variants))
        arrays[variant.column] = _put(arrays[variant.column], where, variant.value)
    locations = [
        f"{rows.locations[base]}, {variant.description}" for base in bases for variant in variants
    ]
    return Rows(rows.columns, arrays, locations)


def _choose_bases(rows: Rows) -> Array:
    """The first rows without a gap, else the first rows."""
    gaps = [is_missing(column, rows.arrays[column.name]) for column in rows.columns]
    complete = np.flatnonzero(~np.any(gaps, axis=0))
    return complete[:_BASES] if len(complete) else np.arange(min(_BASES, len(rows)))


def _put(values: Array, where: slice, value: Any) -> Array:
    """Returns a copy of the values with another one; a missing number makes the column floats."""
    is_gap = isinstance(value, float) and np.isnan(value)
    copy = values.astype(np.float64) if is_gap and values.dtype.kind != "f" else values.copy()
    copy[where] = value
    return copy


def _list_variants(column: Column, rows: Rows) -> Iterator[Variant]:
    name = column.name
    if not column.required:
        gap = ENCODED_MISSING if column.type == "string" else np.nan
        yield Variant(name, gap, f"{name} missing")
    if column.type == "string":
        yield Variant(name, UNSEEN_TEXT, f"{name} unseen")
    elif column.type == "boolean":
        yield from (Variant(name, value, f"{name} {value}") for value in (False, True))
    else:
        values = rows.arrays[name]
        present = values[~is_missing(column, values)]
        if len(present):
            yield from _list_extremes(column, present)


def _list_extremes(column: Column, present: Array) -> Iterator[Variant]:
    """The least and the greatest value, and their neighbours: integers, doubles and floats."""
    kind = COLUMN_TYPES[column.type]
    for word, value in (("least", present.min()), ("greatest", present.max())):
        name = f"{column.name} at its {word}"
        yield Variant(column.name, value, name)
        for sign, limit in (("-", -np.inf), ("+", np.inf)):
            if kind.is_integer:
                least, greatest = kind.limits
                beside = int(value) + (1 if sign == "+" else -1)
                if least <= beside <= greatest:
                    yield Variant(column.name, beside, f"{name} {sign} 1")
                continue
            for dtype in {kind.dtype.type, np.float32}:
                near = np.nextafter(dtype(value), dtype(limit))
                if np.isfinite(near):
                    yield Variant(column.name, float(near), f"{name} {sign} 1 {dtype.__name__} ulp")
