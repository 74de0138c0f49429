"""Confidence intervals of the held-out metrics, by a stratified bootstrap.

Percentile intervals: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
"""

import numpy as np

from baton_trainer.evaluation import bootstrap
from baton_trainer.evaluation.confidence import LOWER_QUANTILE, UPPER_QUANTILE
from baton_trainer.evaluation.outcome import Outcome

Interval = tuple[float, float]


def compute_intervals(outcome: Outcome, seed: int) -> dict[str, Interval]:
    """Computes the 95 % confidence interval of each metric that can be resampled."""
    whole = outcome.compute_metrics()
    rng = np.random.default_rng(seed)
    part = outcome.select(bootstrap.sample_rows(outcome.strata, rng))
    rows = len(part.strata)
    here = part.compute_resampled(np.ones((1, rows)))
    drawn = [part.compute_resampled(counts) for counts in bootstrap.draw_counts(part.strata, rng)]
    scale = np.sqrt(rows / len(outcome.strata))
    intervals = {}
    for name, at_part in here.items():
        spread = np.concatenate([each[name] for each in drawn]) - at_part
        if not np.isfinite(spread).all():  # a draw of equal values has no R²
            continue
        low, high = np.quantile(spread, [LOWER_QUANTILE, UPPER_QUANTILE]) * scale + whole[name]
        intervals[name] = (float(low), float(high))
    return intervals
