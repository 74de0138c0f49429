"""What stands between the cells of a CSV file: said by name, or those that its first lines fit."""

import csv
import io
from itertools import islice

USUAL = ","
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""Names for separators that are hard to write in a shell."""
SAMPLE_CHARACTERS = 100_000
"""No more of a text is looked at."""

_SAMPLE_LINES = 500


def spelled(text: str) -> str:
    """The separator that a text names or is. Raises `ValueError` where it is none."""
    separator = SEPARATORS.get(text, text)
    if len(separator) != 1 or separator in '"\r\n':
        raise ValueError
    return separator


def fitting(text: str) -> list[str]:
    """The separators by which most of the first lines have as many cells as the first.

    Several, where that is true of them alike; none, where the first line has one cell by each.
    """
    shares = {each: _share_of_fitting_lines(text, each) for each in SEPARATORS.values()}
    best = max(shares.values())
    return [each for each, share in shares.items() if share == best > 0]


def _share_of_fitting_lines(text: str, separator: str) -> float:
    """Of the first lines, those with as many cells as the first, if that has more than one."""
    sample = text[:SAMPLE_CHARACTERS]
    if len(sample) < len(text):
        sample = sample.rpartition("\n")[0]
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    try:
        counts = [len(row) for row in islice(reader, _SAMPLE_LINES) if row]
    except csv.Error:
        return 0.0
    if not counts or counts[0] == 1:
        return 0.0
    return counts.count(counts[0]) / len(counts)
