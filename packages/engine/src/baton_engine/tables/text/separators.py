"""Separators of CSV files: by name, or detected from the first lines."""

from collections.abc import Sequence
from contextlib import suppress
from itertools import islice

from baton_engine.tables.text.csv_rows import CsvError, CsvRows
from baton_engine.tables.text.reader_rule import ReaderRule

USUAL = ","
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""Names of separators that are hard to type in a shell."""
SAMPLE_CHARACTERS = 100_000
"""The size of the sample for the detection."""

_SAMPLE_LINES = 500


def parse_separator(text: str) -> str:
    """Parses a separator or its name. Raises `ValueError` if it is neither."""
    separator = SEPARATORS.get(text, text)
    if len(separator) != 1 or separator in '"\r\n':
        raise ValueError
    return separator


def find_fitting_separators(lines: Sequence[str], rule: ReaderRule) -> list[str]:
    """Finds the separators by which most lines have as many cells as the first line.

    Returns several if they fit equally well, and none if the first line has one cell by each.
    """
    shares = {each: _compute_share(lines, each, rule) for each in SEPARATORS.values()}
    best = max(shares.values())
    return [each for each, share in shares.items() if share == best > 0]


def _compute_share(lines: Sequence[str], separator: str, rule: ReaderRule) -> float:
    """Computes the share of lines with as many cells as the first, if it has more than one."""
    rows: list[list[str]] = []
    with suppress(CsvError):  # an unclosed row may end after the sample
        rows += (cells for _, cells in islice(CsvRows(lines, separator, rule), _SAMPLE_LINES))
    if not rows or len(rows[0]) == 1:
        return 0.0
    width = len(rows[0])
    if len(rows) > 1 and all(has_trailing_separator(row, width) for row in rows[1:]):
        return 1.0
    return sum(len(row) == width for row in rows) / len(rows)


def has_trailing_separator(cells: Sequence[str], width: int) -> bool:
    """Whether a row has one more separator at its end than the columns need."""
    return len(cells) == width + 1 and not cells[-1].strip()
