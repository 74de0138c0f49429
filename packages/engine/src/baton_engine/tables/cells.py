"""One cell of a table: which values a column allows, and how those are named that it does not."""

from dataclasses import dataclass

import numpy as np

MAX_NAMED_CELLS = 100

_INT32 = np.iinfo(np.int32)
_INT64 = np.iinfo(np.int64)

INTEGER_RANGES = {
    "integer": (int(_INT32.min), int(_INT32.max)),
    "long": (int(_INT64.min), int(_INT64.max)),
}
"""Column type to its least and greatest value."""

WANTED = {
    "boolean": "true or false",
    "integer": "a whole number",
    "long": "a whole number",
    "float": "a number",
    "double": "a number",
    "string": "text",
}
"""Column type to what its values must be, in words."""

IS_MISSING = "is missing; the column is required"


@dataclass(frozen=True)
class BadCell:
    """One cell that the signature does not allow.

    Attributes:
        row: counted from 0.
        column: as the table or the signature names it.
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
