"""Rows that nobody sent, to see how a model answers."""

from typing import Any

from baton_engine.tables.transpose import Rows
from baton_registry.versions.signature import Column, Signature

_NUMBERS = (1, -1, 10)
_TEXT = "a"


def make_up_rows(signature: Signature) -> Rows:
    """A few different rows that the signature allows; the first is zeros.

    In the others no column goes with the one beside it, so that they tell classes apart.
    """
    columns = [_make_up_cells(column, at) for at, column in enumerate(signature.columns)]
    return [*zip(*columns, strict=True)]


def _make_up_cells(column: Column, place: int) -> list[Any]:
    turned = [_NUMBERS[(place + row) % len(_NUMBERS)] for row in range(len(_NUMBERS))]
    if column.type == "string":
        texts = column.categories or (_TEXT,)
        return [texts[row % len(texts)] for row in range(1 + len(turned))]
    if column.type == "boolean":
        return [bool(number > 0) for number in (0, *turned)]
    if column.type in ("float", "double"):
        return [float(number) for number in (0, *turned)]
    return [0, *turned]
