"""Tables in Markdown, aligned so that they can be read as they are."""

from collections.abc import Sequence
from math import isfinite

DASH = "–"  # noqa: RUF001 - what tables have where there is nothing


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table; the first column to the left, all others, being numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    return "\n".join(_line(cells, widths) for cells in (head, rule, *rows))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    padded = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return f"| {' | '.join(padded)} |"


def number(value: float | None) -> str:
    """With as many digits as mean something; a dash where there is none."""
    if value is None or not isfinite(value):
        return DASH
    if isinstance(value, int):
        return f"{value:,}"
    digits = next((digits for least, digits in ((100, 0), (10, 1)) if abs(value) >= least), 2)
    return f"{value:,.{digits}f}"


def ratio(value: float | None, base: float | None) -> str:
    """One over the other; a dash where either is missing."""
    return number(value / base) if value is not None and base else DASH
