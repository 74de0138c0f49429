"""The metrics of a regression on one slice."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from baton_trainer.evaluation.confidence import UPPER_QUANTILE
from baton_trainer.evaluation.outcome import Floats
from baton_trainer.evaluation.slices import Slice
from baton_trainer.evaluation.values.metrics import compute_rmse

MIN_ROWS = 20
"""How many rows a slice needs to have metrics."""


@dataclass(frozen=True)
class ValueSliceMetrics:
    """The metrics of one slice; the fields are the columns of the run's `tables/slices.csv`.

    Attributes:
        column: its column.
        value: the category or the boolean that its rows share.
        also: other columns with a slice of the same rows.
        rows: how many rows it has.
        rmse: the root of its mean squared error.
        interval: the 95 % confidence interval of `rmse`.
        mae: its mean absolute error.
        error_share: its share of the squared errors of all rows.
        predicted: the mean predicted value.
        observed: the mean value.
    """

    column: str
    value: str | bool
    also: tuple[str, ...]
    rows: int
    rmse: float
    interval: tuple[float, float]
    mae: float
    error_share: float
    predicted: float
    observed: float

    @property
    def name(self) -> str:
        """Column and value."""
        return f"{self.column} = {self.value}"

    @property
    def quality(self) -> float:
        """The RMSE."""
        return self.rmse


def compute_slice(same: Sequence[Slice], truth: Floats, errors: Floats) -> ValueSliceMetrics | None:
    """Computes the metrics of slices with the same rows; `truth` and `errors` are of all rows.

    Returns:
        None if there are too few rows.
    """
    rows = same[0].rows
    if rows.sum() < MIN_ROWS:
        return None
    own, values = errors[rows], truth[rows]
    whole = float(np.square(errors).sum())
    return ValueSliceMetrics(
        column=same[0].column,
        value=same[0].value,
        also=tuple(each.column for each in same[1:]),
        rows=len(own),
        rmse=compute_rmse(own),
        interval=_compute_interval(own),
        mae=float(np.abs(own).mean()),
        error_share=float(np.square(own).sum()) / whole if whole else 0.0,
        predicted=float((values + own).mean()),
        observed=float(values.mean()),
    )


def _compute_interval(errors: Floats) -> tuple[float, float]:
    """The roots of the bounds of the mean squared error, by the normal approximation."""
    squared = np.square(errors)
    reach = stats.norm.ppf(UPPER_QUANTILE) * squared.std(ddof=1) / np.sqrt(len(squared))
    low, high = squared.mean() - reach, squared.mean() + reach
    return float(np.sqrt(max(0.0, low))), float(np.sqrt(high))
