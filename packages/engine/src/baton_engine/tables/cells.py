"""One cell of a table: which values a column allows, and how those are named that it does not."""

from dataclasses import dataclass

MAX_NAMED_CELLS = 100

IS_MISSING = "is missing; the column is required"
"""Said of a cell."""
ABSENT = "is missing"
"""Said of a required column that a request leaves out."""


@dataclass(frozen=True)
class BadCell:
    """One cell that the schema does not allow.

    Attributes:
        row: counted from 0.
        column: as the table or the schema names it.
        message: what is wrong, without the values of other cells.
    """

    row: int
    column: str
    message: str


class CellError(ValueError):
    """The column does not allow the value; the text says why, and does not repeat the value."""


class BadCells(Exception):
    """A column holds values that it does not allow.

    Attributes:
        cells: the bad ones, at most `MAX_NAMED_CELLS`; never empty.
    """

    def __init__(self, cells: tuple[BadCell, ...]) -> None:
        super().__init__(f"column {cells[0].column!r}: {cells[0].message}")
        self.cells = cells
