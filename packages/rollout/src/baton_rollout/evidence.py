"""The evidence that the mean of a bounded number is above its tolerance, as odds.

A gambler bets a fixed fraction of their wealth on each value being above the tolerance. While the
mean is at most the tolerance, whatever came before, no fraction makes the wealth grow on average:
it is a nonnegative supermartingale that starts at 1. By Ville's inequality the chance that it ever
reaches 1/alpha is at most alpha, however often one looks and whenever one stops. The mean over a
grid of fractions has the same property, so the fraction need not be known in advance.

The wealth depends only on how often each value occurred. Counts of several processes add up, and
the order of the rows does not matter.

Sources: Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting",
arXiv:2010.09686 (the mean over a grid is their "diversified Kelly"); Ville, "Étude critique de la
notion de collectif" (1939); docs/decisions/027-evidence.md.
"""

from collections.abc import Iterable, Mapping
from math import exp, fsum, log, log1p

FRACTIONS = (0.9, *(2.0**-power for power in range(1, 12)))
"""The fractions of the wealth that are bet.

They are geometric, because the best fraction is about the tolerance if the true mean is about
twice that: failures of one row in a thousand need fractions of a thousandth.
"""


def log_evidence(counts: Mapping[float, int], tolerance: float, least: float) -> float:
    """Computes the logarithm of the odds that the mean of the values is above `tolerance`.

    Args:
        counts: how often each value occurred. Values are at least `least`.
        tolerance: the greatest mean that is allowed.
        least: the least value that is possible; less than `tolerance`.

    Returns:
        the natural logarithm of the evidence; 0 without values.

    Raises:
        ValueError: the tolerance or a value is out of range.
    """
    seen = {value: count for value, count in counts.items() if count}
    scale = tolerance - least
    if not scale > 0 or min(seen, default=least) < least:
        raise ValueError(f"tolerance {tolerance:g} or a value is not above the least, {least:g}")
    gains = [((value - tolerance) / scale, count) for value, count in seen.items()]
    return average_evidence(
        fsum(count * log1p(fraction * gain) for gain, count in gains) for fraction in FRACTIONS
    )


def average_evidence(logarithms: Iterable[float]) -> float:
    """Computes the logarithm of the mean of evidences that are given as logarithms.

    The mean of evidences about one claim is evidence too: its expected value is at most 1.
    """
    logs = [*logarithms]
    most = max(logs)
    return most + log(fsum(exp(each - most) for each in logs) / len(logs))
