"""Metrics of each slice: a good mean may hide a weak category."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from baton_trainer.evaluation.outcome import Floats, Outcome
from baton_trainer.evaluation.slices import Slice

MIN_ROWS = 20
"""How many rows of a class, and how many other rows, a slice needs to have metrics."""
LEVEL = 0.95


@dataclass(frozen=True)
class SliceMetrics:
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


def compute_slice_metrics(outcome: Outcome, slices: Iterable[Slice]) -> tuple[SliceMetrics, ...]:
    """Computes the slices with enough rows, the weakest first; slices of equal rows are one."""
    same: dict[bytes, list[Slice]] = {}
    for each in slices:
        same.setdefault(np.packbits(each.rows).tobytes(), []).append(each)
    metrics = (_compute_slice(each, outcome.select(each[0].rows)) for each in same.values())
    return tuple(sorted(filter(None, metrics), key=lambda each: each.roc_auc))


def _compute_slice(same: Sequence[Slice], outcome: Outcome) -> SliceMetrics | None:
    truth = outcome.indicator
    positives = truth.sum(axis=0)
    usable = np.minimum(positives, len(truth) - positives) >= MIN_ROWS
    if not usable.any():
        return None
    pairs = zip(truth.T[usable], outcome.scores.T[usable], strict=True)
    areas, errors = zip(*(compute_auc(*each) for each in pairs), strict=True)
    mean = float(np.mean(areas))
    reach = stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(np.sum(np.square(errors))) / len(errors)
    is_binary = outcome.is_binary
    return SliceMetrics(
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


def compute_auc(truth: NDArray[np.int_], score: Floats) -> tuple[float, float]:
    """Computes the area under the ROC curve and its standard error.

    By ranks (Mann and Whitney 1947); the error by formula 1 of Hanley and McNeil 1982,
    doi:10.1148/radiology.143.1.7063747.
    """
    positives = int(truth.sum())
    negatives = len(truth) - positives
    ranks = stats.rankdata(score)[truth == 1].sum()
    auc = (ranks - positives * (positives + 1) / 2) / (positives * negatives)
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    above, below = (positives - 1) * (q1 - auc**2), (negatives - 1) * (q2 - auc**2)
    variance = (auc * (1 - auc) + above + below) / (positives * negatives)
    return float(auc), float(np.sqrt(max(0.0, variance)))
