"""Looks up the flags of texts: which cells of a row are 1."""

from collections.abc import Callable, Mapping

from baton_engine.engine import EngineError
from baton_engine.onnx.encoding.layout import Flag, Layout, OneHot
from baton_engine.tables.columns import ENCODED_MISSING

LookUp = Callable[[str | None], int]
NO_CELL = 2**40
"""The cell of a text that has none; it is behind every matrix."""
FAILS = 2**41
"""The cell of an unknown text on which the model fails."""


class UnknownCategory(Exception):
    """The model fails on texts that are not in its training data, and a row has one."""

    def __init__(self, column: str) -> None:
        """Names the column."""
        super().__init__(f"column {column!r} has an unknown category, on which the model fails")


class _Cells(dict[str | None, int]):
    """The cell of each text. `__missing__` makes a known text a third quicker than `get`."""

    def __init__(self, unknown: int) -> None:
        super().__init__()
        self._unknown = unknown

    def __missing__(self, text: str | None) -> int:
        return self._unknown


class TextColumn:
    """A one-hot encoder, with the cell of each category.

    Attributes:
        name: the column.
        position: its position in a row.
        look_up: returns a text's cell; `NO_CELL` or `FAILS` for an unknown text.
        is_strict: the model fails on an unknown text.
    """

    def __init__(self, encoder: OneHot, cells: Mapping[str, int], position: int) -> None:
        """Takes the cells by category, and the column's position in a row."""
        known = _Cells(FAILS if encoder.is_strict else NO_CELL)
        if encoder.is_strict:  # a known category may have no cell
            known.update(dict.fromkeys(encoder.categories, NO_CELL))
        known.update(cells.items())
        if ENCODED_MISSING in known:
            known[None] = known[ENCODED_MISSING]
        self.name = encoder.column
        self.position = position
        self.look_up: LookUp = known.__getitem__
        self.is_strict = encoder.is_strict


def find_texts(layout: Layout, positions: Mapping[str, int]) -> list[TextColumn]:
    """Finds the one-hot encoders of a matrix.

    Args:
        layout: the matrix.
        positions: the columns' positions in a row.

    Raises:
        EngineError: a category has two cells.
    """
    found: dict[OneHot, dict[str, int]] = {}
    for at, cell in enumerate(layout.cells):
        if isinstance(cell, Flag):
            cells = found.setdefault(cell.encoder, {})
            if cell.category in cells:
                raise EngineError("a category has two cells")
            cells[cell.category] = at
    return [
        TextColumn(encoder, cells, positions[encoder.column]) for encoder, cells in found.items()
    ]
