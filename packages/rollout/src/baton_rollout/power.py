"""What a number of pairs finds: how bad a canary must be for 95 of 100 rollouts to abort.

A rollout that finds no harm has seen this, and nothing smaller.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, lgamma, log, log1p, sqrt

from baton_rollout.evidence import average_evidence, log_evidence
from baton_rollout.judgement import ABORT_ODDS, LEAST_PAIRS
from baton_rollout.limits import DEFAULT_SHIFT, Limits

MISSED = 0.05
"""The probability that the harm is not found."""
SPREAD = 0.1
"""The standard deviation of the differences of scores that `Power.score` assumes."""

_QUANTILE = 1.6449  # of the standard normal distribution, at 1 - MISSED
_BISECTIONS = 40
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Power:
    """The least harm that is found in 95 of 100 rollouts; 1 if none is.

    Attributes:
        failures: share of pairs in which only the canary fails.
        other_label: share of pairs with another label.
        score: mean difference of the scores, if differences have the standard deviation `SPREAD`
            and the limits are symmetric around 0.
    """

    failures: float
    other_label: float
    score: float


def compute_power(pairs: int, limits: Limits) -> Power:
    """Computes what a number of pairs finds, looked at once, when they are complete."""
    if pairs < LEAST_PAIRS:
        return Power(1.0, 1.0, 1.0)
    return Power(
        _find_share(pairs, limits.failures),
        _find_share(pairs, limits.other_label),
        _find_shift(pairs),
    )


def _find_share(pairs: int, limit: float) -> float:
    """Finds the least share of ones that leads to an abort with probability 1 - MISSED."""
    if limit >= 1:
        return 1.0

    def aborts(ones: int) -> bool:
        counts = {0.0: pairs - ones, 1.0: ones}
        return log_evidence(counts, limit, 0.0) >= log(ABORT_ODDS)

    low, high = 0, pairs  # all ones abort: LEAST_PAIRS pairs are enough, up to a limit of 0.7
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if aborts(middle) else (middle, high)
    return _bisect(lambda share: _compute_lower_tail(pairs, share, high - 1) <= MISSED)


def _find_shift(pairs: int) -> float:
    """Finds the least mean difference, with a sample of two values that is unlucky by `MISSED`."""
    limit = DEFAULT_SHIFT[1]

    def aborts(shift: float) -> bool:
        mean = shift - _QUANTILE * SPREAD / sqrt(pairs)
        counts = {max(mean - SPREAD, -1.0): pairs // 2, min(mean + SPREAD, 1.0): pairs // 2}
        above = log_evidence(counts, limit, -1.0)
        below = log_evidence({-value: count for value, count in counts.items()}, limit, -1.0)
        return average_evidence((above, below)) >= log(ABORT_ODDS)

    return _bisect(aborts)


def _bisect(is_enough: Callable[[float], bool]) -> float:
    """Finds the least number in (0, 1) that is enough; 1 if none is."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def _compute_lower_tail(trials: int, share: float, most: int) -> float:
    """Computes the binomial probability of at most `most` ones; 1 if it is over about a half.

    Terms fall from the greatest one down, so few of them count.
    """
    if most >= trials * share:
        return 1.0
    choices = lgamma(trials + 1) - lgamma(most + 1) - lgamma(trials - most + 1)
    term = exp(choices + most * log(share) + (trials - most) * log1p(-share))
    total = 0.0
    for ones in range(most, -1, -1):
        total += term
        term *= ones / (trials - ones + 1) * (1 - share) / share
        if term < total * _NEGLIGIBLE:
            break
    return total
