"""The evidence of `baton_rollout`, for many simulated rollouts at once.

`bench/tests` compares it with the product's own function.
"""

from math import log

import numpy as np
from numpy.typing import NDArray

from baton_rollout.evidence import FRACTIONS
from baton_rollout.judgement import LEAST_PAIRS
from baton_rollout.signals import GRID

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEVER = np.iinfo(np.int64).max
"""More pairs than any rollout has."""

_FRACTIONS = np.array(FRACTIONS)
_GRID = np.array(GRID)


def compute_log_mean(logarithms: Floats) -> Floats:
    """Computes the logarithm of the mean evidence over the last axis."""
    most = logarithms.max(axis=-1, keepdims=True)
    mean = np.exp(logarithms - most).mean(axis=-1)
    return np.asarray(np.log(mean) + most[..., 0])


def compute_share_evidence(ones: Ints, pairs: Ints, limit: float) -> Floats:
    """Computes the log evidence that a share is above its limit; the shape is that of `ones`."""
    gain = np.log1p(_FRACTIONS * (1 - limit) / limit)
    loss = np.log1p(-_FRACTIONS)
    return compute_log_mean(ones[..., None] * gain + (pairs - ones)[..., None] * loss)


def find_abort_counts(limit: float, pairs: int, odds: float) -> Ints:
    """Finds, for each number of pairs, how many ones abort.

    Returns:
        shape `[pairs]`; the first is for one pair. `NEVER` before `LEAST_PAIRS`.
    """
    counts = np.arange(1, pairs + 1)
    low, high = np.zeros_like(counts), counts + 1  # `low` ones do not abort, `high` do
    while (high - low).max() > 1:
        middle = (low + high) // 2
        aborts = compute_share_evidence(middle, counts, limit) >= log(odds)
        low, high = np.where(aborts, low, middle), np.where(aborts, middle, high)
    high[high > counts] = NEVER
    high[: LEAST_PAIRS - 1] = NEVER
    return high


def build_log_factors(low: float, high: float) -> Floats:
    """Builds the logarithm of the factor by which each value of the grid changes the wealth.

    Args:
        low: the least mean allowed; at most -1 if only the greatest one counts.
        high: the greatest mean allowed.

    Returns:
        shape `[41, bets]`: one bet per fraction and direction.
    """
    above = np.log1p(np.outer((_GRID - high) / (high + 1), _FRACTIONS))
    if low <= -1:
        return above
    below = np.log1p(np.outer((low - _GRID) / (1 - low), _FRACTIONS))
    return np.hstack([above, below])
