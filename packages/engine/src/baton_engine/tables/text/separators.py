"""What stands between the cells of a CSV file: said by name, or those that its first lines fit."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from baton_engine.tables.text.csv_rows import CsvError, CsvRows
from baton_engine.tables.text.reader_rule import ReaderRule

USUAL = ","
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""Names for separators that are hard to write in a shell."""
SAMPLE_CHARACTERS = 100_000
"""No more of a text is looked at."""

_SAMPLE_LINES = 500


def parse_separator(text: str) -> str:
    """The separator that a text names or is. Raises `ValueError` where it is none."""
    separator = SEPARATORS.get(text, text)
    if len(separator) != 1 or separator in '"\r\n':
        raise ValueError
    return separator


def find_fitting_separators(lines: Sequence[str], rule: ReaderRule) -> list[str]:
    """The separators by which most of a file's first lines have as many cells as the first.

    Several, where that is true of them alike; none, where the first line has one cell by each.
    """
    shares = {each: _share_of_fitting_lines(lines, each, rule) for each in SEPARATORS.values()}
    best = max(shares.values())
    return [each for each, share in shares.items() if share == best > 0]


def _share_of_fitting_lines(lines: Sequence[str], separator: str, rule: ReaderRule) -> float:
    """Of the first lines, those with as many cells as the first, if that has more than one."""
    rows: list[list[str]] = []
    with suppress(CsvError):  # a row that is not closed may end behind these lines
        rows += (cells for _, cells in islice(CsvRows(lines, separator, rule), _SAMPLE_LINES))
    if not rows or len(rows[0]) == 1:
        return 0.0
    width = len(rows[0])
    if len(rows) > 1 and all(has_trailing_separator(row, width) for row in rows[1:]):
        return 1.0
    return sum(len(row) == width for row in rows) / len(rows)


def has_trailing_separator(cells: Sequence[str], width: int) -> bool:
    """Whether a row of a table of that many columns has one more separator, at its end."""
    return len(cells) == width + 1 and not cells[-1].strip()
