"""Tables in Markdown, aligned for reading as plain text."""

from collections.abc import Sequence
from math import isfinite

DASH = "–"  # noqa: RUF001 - an empty cell


def format_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Formats a table: the first column is left-aligned, the numbers right-aligned."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_format_line(cells, widths) for cells in (head, rule, *rows))


def _format_line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"


def format_number(value: float | None) -> str:
    """Formats a number with about three significant digits, or a dash for None."""
    if value is None or not isfinite(value):
        return DASH
    if isinstance(value, int):
        return f"{value:,}"
    digits = next((digits for least, digits in ((100, 0), (10, 1)) if abs(value) >= least), 2)
    return f"{value:,.{digits}f}"
