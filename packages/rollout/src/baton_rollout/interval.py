"""The interval of a mean that holds at all times: those tolerances without evidence against them.

It is the inversion of the test in `evidence.py`: with probability 1 - alpha it contains the mean
after every row, however often one looks. Source: Waudby-Smith and Ramdas, arXiv:2010.09686.
"""

from collections.abc import Mapping
from math import fsum, log

from baton_rollout.evidence import log_evidence

_BISECTIONS = 30  # a billionth of the range


def find_interval(
    counts: Mapping[float, int], least: float, most: float, *, alpha: float = 0.05
) -> tuple[float, float]:
    """Finds the interval of the mean of bounded values.

    Args:
        counts: how often each value occurred.
        least: the least value that is possible.
        most: the greatest value that is possible.
        alpha: the probability that the interval ever misses the mean.

    Returns:
        its lower and upper end, within `least` and `most`; both of them without values.
    """
    seen = {value: count for value, count in counts.items() if count}
    if not seen:
        return least, most
    threshold = log(2 / alpha)  # half of alpha for each end
    mirrored = {-value: count for value, count in seen.items()}
    return _find_lower(seen, least, threshold), -_find_lower(mirrored, -most, threshold)


def _find_lower(counts: Mapping[float, int], least: float, threshold: float) -> float:
    """Finds the least tolerance with less evidence than the threshold.

    The evidence falls as the tolerance rises. It is at most 1 at the mean, so the end is below.
    """
    low, high = least, fsum(value * n for value, n in counts.items()) / sum(counts.values())
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if not low < middle < high:  # all values are the least one, or the floats are exhausted
            break
        if log_evidence(counts, middle, least) < threshold:
            high = middle
        else:
            low = middle
    return low
