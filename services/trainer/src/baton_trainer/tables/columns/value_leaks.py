"""Finds columns that give away the target of a regression."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

PERFECT = 0.999
"""A single column that explains this share of the target's variance is a leak."""

_MAX_ROWS = 50_000
_ROWS_PER_VALUE = 10


def is_target(column: pd.Series, target: pd.Series) -> bool:
    """Whether a typed column has the values of the target in every row."""
    return column.dtype.kind in "if" and bool(np.array_equal(column.to_numpy(), target.to_numpy()))


def find_value_leaks(
    features: pd.DataFrame, codes: Mapping[str, NDArray[np.intp]], target: pd.Series
) -> list[str]:
    """Returns the columns that alone explain the target, on a sample of the rows.

    A number does if it follows the target in a line, or in order. A column of few values does if
    the target hardly varies within each value.

    Args:
        features: shape `[rows, columns]`, typed.
        codes: the number of each row's value, by column; -1 if it is missing.
        target: shape `[rows]`, numbers.
    """
    rows = np.unique(np.linspace(0, len(target) - 1, _MAX_ROWS, dtype=np.intp))
    truth = target.to_numpy(np.float64)[rows]
    return [
        str(name)
        for name, column in features.items()
        if _explains_by_value(codes[str(name)][rows], truth)
        or (column.dtype.kind in "if" and _follows(column.to_numpy(np.float64)[rows], truth))
    ]


def _explains_by_value(codes: NDArray[np.intp], truth: NDArray[np.float64]) -> bool:
    """Whether the mean of each value explains the target; missing is a value, too."""
    if codes.max() * _ROWS_PER_VALUE >= len(codes):
        return False
    places, values = codes + 1, truth - truth.mean()
    rows = np.bincount(places)
    explained = np.square(np.bincount(places, values))[rows > 0] / rows[rows > 0]
    return bool(explained.sum() >= PERFECT * np.square(values).sum())


def _follows(numbers: NDArray[np.float64], truth: NDArray[np.float64]) -> bool:
    known = ~np.isnan(numbers)
    pair = numbers[known], truth[known]
    if any(np.ptp(values) == 0 for values in pair if len(values)) or not known.any():
        return False
    ranks = rankdata(pair[0]), rankdata(pair[1])
    return any(np.corrcoef(*both)[0, 1] ** 2 >= PERFECT for both in (pair, ranks))
