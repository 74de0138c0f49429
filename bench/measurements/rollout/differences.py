"""Distributions of differences between two versions, on the grid of 41 values."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from baton_rollout.signals import GRID
from bench.measurements.rollout.wealth import Floats

_GRID = np.array(GRID)
_STEPS = 20  # from 0 to 1
_POINTS = 20_001
_ROWS = 300_000


def spread_values(values: dict[float, float]) -> Floats:
    """Computes the probability of each value of the grid from that of some differences."""
    return round_all(np.array([*values]), np.array([*values.values()]))


def spread_normal(mean: float, deviation: float) -> Floats:
    """Computes the probability of each value of the grid if differences are normal."""
    points = np.linspace(mean - 6 * deviation, mean + 6 * deviation, _POINTS)
    return round_all(points, norm.pdf(points, mean, deviation))


@dataclass(frozen=True)
class Binormal:
    """Two calibrated classifiers of the same rows, whose scores are normal within each class.

    Attributes:
        positives: the share of rows of the positive class.
        production: ROC AUC of production.
        canary: ROC AUC of the canary.
        correlation: of the two versions' scores within a class.
    """

    positives: float
    production: float
    canary: float
    correlation: float

    def draw_losses(self, rng: np.random.Generator, rows: int = _ROWS) -> Floats:
        """Draws the differences of the Brier losses, canary - production, of labelled rows."""
        truth = rng.random(rows) < self.positives
        common = rng.standard_normal(rows)
        losses = []
        for area in (self.production, self.canary):
            own = rng.standard_normal(rows)
            noise = sqrt(self.correlation) * common + sqrt(1 - self.correlation) * own
            distance = sqrt(2) * norm.ppf(area)  # the classes' means are so far apart
            score = noise + distance * (truth - 0.5)
            losses.append((expit(logit(self.positives) + distance * score) - truth) ** 2)
        return np.asarray(losses[1] - losses[0])


def round_all(differences: Floats, weights: Floats | None = None) -> Floats:
    """Computes the probability of each value of the grid after `round_randomly`.

    Args:
        differences: any shape `[n]`.
        weights: how likely each is, up to a factor; default: all alike.
    """
    position = (np.clip(differences, -1, 1) + 1) * _STEPS
    below = np.minimum(position.astype(np.int64), len(_GRID) - 2)
    up = position - below
    weight = np.ones_like(position) if weights is None else weights
    counts = np.bincount(below, weight * (1 - up), len(_GRID))
    counts += np.bincount(below + 1, weight * up, len(_GRID))
    return np.asarray(counts / counts.sum())
