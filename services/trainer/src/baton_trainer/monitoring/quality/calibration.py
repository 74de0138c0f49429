"""Calibration of two classes: the intercept and the slope of a logistic recalibration.

The slope is that of a logistic regression of the truth on the logits of the probabilities: 1 is
right, below 1 the probabilities are too extreme. The intercept is that of the same regression with
a slope of 1: 0 is right, above 0 the probabilities are too low on the whole. The intervals are
Wald's. Sources: Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster et al. 2019 recommend it,
doi:10.1186/s12916-019-1466-7.
"""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from baton_trainer.evaluation.confidence import UPPER_QUANTILE
from baton_trainer.evaluation.outcome import Floats

_LEAST = 1e-6  # a probability of 0 has no logit
_MAX_STEPS = 50
_TOLERANCE = 1e-10
_MAX_COEFFICIENT = 50.0  # beyond it, the logits separate the classes
_REACH = NormalDist().inv_cdf(UPPER_QUANTILE)


class Estimate(NamedTuple):
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


def estimate_slope(truth: Floats, probabilities: Floats) -> Estimate | None:
    """Estimates the slope; None if the rows do not determine it.

    Args:
        truth: 1 for rows of the positive class, else 0; shape `[n]`.
        probabilities: of the positive class; shape `[n]`.
    """
    logits = _to_logits(probabilities)
    if np.ptp(logits) == 0:
        return None
    return _estimate_last(np.column_stack([np.ones_like(logits), logits]), truth, 0.0)


def estimate_intercept(truth: Floats, probabilities: Floats) -> Estimate | None:
    """Estimates the intercept; arguments and result as above."""
    return _estimate_last(np.ones((len(truth), 1)), truth, _to_logits(probabilities))


def _to_logits(probabilities: Floats) -> Floats:
    clipped = np.clip(probabilities.astype(np.float64), _LEAST, 1 - _LEAST)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _estimate_last(design: Floats, truth: Floats, offset: Floats | float) -> Estimate | None:
    """Fits a logistic regression by Newton's method, and returns its last coefficient."""
    coefficients = np.zeros(design.shape[1])
    for _ in range(_MAX_STEPS):
        expected = 1 / (1 + np.exp(-(design @ coefficients + offset)))
        information = design.T @ (design * (expected * (1 - expected))[:, None])
        try:
            step = np.linalg.solve(information, design.T @ (truth - expected))
        except np.linalg.LinAlgError:
            return None
        coefficients = coefficients + step
        if not np.abs(coefficients).max() <= _MAX_COEFFICIENT:
            return None
        if np.abs(step).max() < _TOLERANCE:
            reach = _REACH * float(np.sqrt(np.linalg.inv(information)[-1, -1]))
            value = float(coefficients[-1])
            return Estimate(value, value - reach, value + reach)
    return None
