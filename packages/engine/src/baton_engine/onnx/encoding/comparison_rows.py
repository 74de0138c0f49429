"""Generates rows that show whether two encodings are the same."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any

from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Column, Schema

_LEAST_ROWS, _MOST_ROWS = 64, 1024
_MAX_UNKNOWN = 64
"""The most columns of which one row has an unknown text in this column alone."""
_EVERY = 4
_NUMBERS: Mapping[str, Sequence[Any]] = {
    "integer": (2**24 + 1, 2**31 - 1),
    "long": (2**24 + 1, 2**53 + 1, -(2**63)),
    "float": (-0.0, 0.1, 1234.56, 1e-40, 3e38),
    "double": (-0.0, 0.1, 1234.56, 1e-40, 3e38, -1e300),
}
_UNKNOWN = ("unknown \u00e9", "", "\0")


def build_rows(schema: Schema, categories: Mapping[str, Sequence[str]]) -> Rows:
    """Builds rows with each category, unknown texts, gaps, and numbers that round.

    Every fourth row has gaps and unknown texts. One row for each text column has no other.

    Args:
        schema: the columns.
        categories: the texts that the model knows, by column.
    """
    columns = schema.columns
    most = max(map(len, categories.values()), default=0)
    count = min(max(_LEAST_ROWS, 2 * most), _MOST_ROWS)
    usual = [
        _iter_usual(each, categories.get(each.name, ()), at) for at, each in enumerate(columns)
    ]
    odd = [_iter_odd(each, categories.get(each.name, ()), at) for at, each in enumerate(columns)]
    rows = [
        tuple(next(cells) for cells in (usual if at % _EVERY else odd))
        for at in range(1, count + 1)
    ]
    texts = [at for at, each in enumerate(columns) if each.name in categories][:_MAX_UNKNOWN]
    return rows + [(*rows[0][:at], _UNKNOWN[0], *rows[0][at + 1 :]) for at in texts]


def _iter_usual(column: Column, categories: Sequence[str], start: int) -> Iterator[Any]:
    pool = categories or column.categories or _list_numbers(column)
    return _iter_from(pool, start)


def _iter_odd(column: Column, categories: Sequence[str], start: int) -> Iterator[Any]:
    pool = [*_list_numbers(column)]
    if categories:
        pool = [*_UNKNOWN, categories[0], f"{categories[0]}\0", f"{categories[-1]} "]
    if not column.required:
        pool += [None, None] if COLUMN_TYPES[column.type].is_text else [None, float("nan")]
    return _iter_from(pool, start)


def _list_numbers(column: Column) -> Sequence[Any]:
    return (*COLUMN_TYPES[column.type].samples, *_NUMBERS.get(column.type, ()))


def _iter_from(pool: Sequence[Any], start: int) -> Iterator[Any]:
    """Repeats the pool, and begins at another place for neighbouring columns."""
    start %= len(pool)
    return cycle([*pool[start:], *pool[:start]])
