"""What stands between the cells of a CSV file: found out from its first lines, or refused."""

import csv
import io
from itertools import islice

from baton_trainer.errors import DataError
from baton_trainer.request import SEPARATORS

USUAL = ","

_SAMPLE_CHARACTERS = 100_000
_SAMPLE_LINES = 500


def found_out(text: str, name: str) -> str:
    """The separator by which every one of the first lines has as many cells as the first.

    Where no separator does that, it is the one that does it most often: the lines at fault are
    named later.

    Raises:
        DataError: there are two.
    """
    shares = {each: _share_of_fitting_lines(text, each) for each in SEPARATORS.values()}
    best = max(shares.values())
    candidates = [each for each, share in shares.items() if share == best > 0]
    if len(candidates) > 1:
        names = " or ".join(map(repr, candidates))
        raise DataError(f"{name}: the separator may be {names}; say which: --separator")
    return candidates[0] if candidates else USUAL


def _share_of_fitting_lines(text: str, separator: str) -> float:
    """Of the first lines, those with as many cells as the first, if that has more than one."""
    sample = text[:_SAMPLE_CHARACTERS]
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
