"""The metrics of a regression, for many draws of its rows at once."""

from collections.abc import Mapping

import numpy as np

from baton_trainer.evaluation.outcome import Floats

BOUNDS: Mapping[str, tuple[float, float]] = {"r2": (-np.inf, 1.0), "bias": (-np.inf, np.inf)}
"""The least and the greatest value of the metrics that may be below 0."""
WITHOUT_UNIT = ("r2",)
"""The metrics that do not have the unit of the target."""


def compute_rmse(errors: Floats) -> float:
    """Computes the root of the mean squared error."""
    return float(np.sqrt(np.mean(np.square(errors))))


def compute_resampled(truth: Floats, errors: Floats, counts: Floats) -> dict[str, Floats]:
    """Computes `rmse`, `mae`, `median_ae`, `r2` and `bias` of each draw, each `[draws]`.

    `r2` is NaN if all values of a draw are equal.

    Args:
        truth: the values of n rows.
        errors: predicted minus actual value.
        counts: how often each draw has each row, shape `[draws, n]`; all draws have equally many.
    """
    rows = counts.sum(axis=1)
    centred = truth - truth.mean()  # a large mean would cancel digits
    squared_error = counts @ np.square(errors) / rows
    variance = counts @ np.square(centred) / rows - np.square(counts @ centred / rows)
    unexplained = np.full(len(counts), np.nan)
    np.divide(squared_error, variance, out=unexplained, where=variance > 0)
    return {
        "rmse": np.sqrt(squared_error),
        "mae": counts @ np.abs(errors) / rows,
        "median_ae": _compute_medians(np.abs(errors), counts),
        "r2": 1 - unexplained,
        "bias": counts @ errors / rows,
    }


def _compute_medians(values: Floats, counts: Floats) -> Floats:
    """Computes the median of each draw: of an even number of rows, the mean of the middle two."""
    order = np.argsort(values, kind="stable")
    until = np.cumsum(counts[:, order], axis=1)
    rows = int(until[0, -1])
    middle = [values[order][(until > rank).argmax(axis=1)] for rank in ((rows - 1) // 2, rows // 2)]
    return np.asarray(np.mean(middle, axis=0))
