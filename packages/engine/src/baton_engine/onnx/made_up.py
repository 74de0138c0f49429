"""Rows that nobody sent, to see how a model answers."""

from itertools import cycle
from typing import Any

from baton_engine.tables.transpose import Rows
from baton_registry.versions.signature import Column, Signature

_NUMBERS = (0, 1, -1, 10)
_TEXT = "a"


def make_up_rows(signature: Signature) -> Rows:
    """A few different rows that the signature allows."""
    columns = [_make_up_cells(column) for column in signature.columns]
    return [*zip(*columns, strict=True)]


def _make_up_cells(column: Column) -> list[Any]:
    if column.type == "string":
        texts = cycle(column.categories or (_TEXT,))
        return [next(texts) for _ in _NUMBERS]
    if column.type == "boolean":
        return [bool(number % 2) for number in _NUMBERS]
    return [float(n) if column.type in ("float", "double") else n for n in _NUMBERS]
