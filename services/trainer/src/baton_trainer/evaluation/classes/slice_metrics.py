"""The metrics of a classifier on one slice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from baton_trainer.evaluation.classes import metrics
from baton_trainer.evaluation.confidence import UPPER_QUANTILE
from baton_trainer.evaluation.slices import Slice

if TYPE_CHECKING:  # an outcome computes its slices here
    from baton_trainer.evaluation.classes.outcome import ClassOutcome

MIN_ROWS = 20
"""How many rows of a class, and how many other rows, a slice needs to have metrics."""


@dataclass(frozen=True)
class ClassSliceMetrics:
    """The metrics of one slice; the fields are the columns of the run's `tables/slices.csv`.

    Attributes:
        column: its column.
        value: the category or the boolean that its rows share.
        also: other columns with a slice of the same rows.
        rows: how many rows it has.
        roc_auc: with more than two classes, the mean over those with enough rows.
        interval: the 95 % confidence interval of `roc_auc`.
        accuracy: the share of rows whose served label is right.
        predicted: with two classes, the mean probability of the positive one; else NaN.
        observed: with two classes, the share of the positive one; else NaN.
    """

    column: str
    value: str | bool
    also: tuple[str, ...]
    rows: int
    roc_auc: float
    interval: tuple[float, float]
    accuracy: float
    predicted: float
    observed: float

    @property
    def name(self) -> str:
        """Column and value."""
        return f"{self.column} = {self.value}"

    @property
    def quality(self) -> float:
        """The ROC AUC."""
        return self.roc_auc


def compute_slice(same: Sequence[Slice], outcome: "ClassOutcome") -> ClassSliceMetrics | None:
    """Computes the metrics of slices with the same rows, which are those of the outcome.

    Returns:
        None if no class has enough rows.
    """
    truth = outcome.indicator
    positives = truth.sum(axis=0)
    usable = np.minimum(positives, len(truth) - positives) >= MIN_ROWS
    if not usable.any():
        return None
    pairs = zip(truth.T[usable], outcome.scores.T[usable], strict=True)
    areas, errors = zip(*(metrics.compute_auc(*each) for each in pairs), strict=True)
    mean = float(np.mean(areas))
    reach = stats.norm.ppf(UPPER_QUANTILE) * np.sqrt(np.sum(np.square(errors))) / len(errors)
    is_binary = outcome.is_binary
    return ClassSliceMetrics(
        column=same[0].column,
        value=same[0].value,
        also=tuple(each.column for each in same[1:]),
        rows=len(truth),
        roc_auc=mean,
        interval=(max(0.0, mean - float(reach)), min(1.0, mean + float(reach))),
        accuracy=float((outcome.predictions == outcome.truth).mean()),
        predicted=float(outcome.scores.mean()) if is_binary else np.nan,
        observed=float(truth.mean()) if is_binary else np.nan,
    )
