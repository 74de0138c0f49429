"""Errors of single cells."""

from dataclasses import dataclass

MAX_NAMED_CELLS = 100


@dataclass(frozen=True)
class BadCell:
    """A cell that the schema does not allow.

    Attributes:
        row: the row, counted from 0.
        column: the column's name in the table or the schema.
        message: what is wrong, without the values of other cells.
    """

    row: int
    column: str
    message: str


class CellError(ValueError):
    """The column does not allow the value. The message does not quote the value."""


class BadCells(Exception):
    """A column has values that it does not allow.

    Attributes:
        cells: the invalid cells, at most `MAX_NAMED_CELLS`; never empty.
    """

    def __init__(self, cells: tuple[BadCell, ...]) -> None:
        super().__init__(f"column {cells[0].column!r}: {cells[0].message}")
        self.cells = cells
