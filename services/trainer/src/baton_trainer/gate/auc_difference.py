"""The difference of two classifiers' ROC AUC, with DeLong's confidence bounds for paired curves.

Both classifiers score the same rows: what makes a row hard is hard for both, and cancels out of
the difference. The variance follows from each row's share in the ROC AUC: DeLong, DeLong and
Clarke-Pearson 1988, doi:10.2307/2531595. Ranks instead of pairs take n log n: Sun and Xu 2014,
doi:10.1109/LSP.2014.2337313. There is no seed: the same rows give the same result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.confidence import UPPER_QUANTILE
from baton_trainer.evaluation.outcome import Floats, Metric
from baton_trainer.gate.difference import Kind

_NORMAL = NormalDist()

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class AucDifference:
    """The first classifier's ROC AUC minus the second's, on the same rows.

    Attributes:
        first: the first classifier's ROC AUC.
        second: the second classifier's ROC AUC.
        standard_error: the standard error of the difference.
    """

    metric: ClassVar[Metric] = ClassOutcome.metric
    kind: ClassVar[Kind] = "difference"

    first: float
    second: float
    standard_error: float

    @property
    def estimate(self) -> float:
        """The difference on all rows."""
        return self.first - self.second

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the difference."""
        return self.lower_bound(UPPER_QUANTILE), self.upper_bound(UPPER_QUANTILE)

    def lower_bound(self, confidence: float) -> float:
        """The lower confidence bound of the difference; with confidence 0.5 the estimate itself."""
        return self.estimate - _NORMAL.inv_cdf(confidence) * self.standard_error

    def upper_bound(self, confidence: float) -> float:
        """The upper confidence bound of the difference; with confidence 0.5 the estimate itself."""
        return self.lower_bound(1 - confidence)

    @property
    def worsening(self) -> float:
        """How much lower the first classifier's ROC AUC is."""
        return -self.estimate

    def bound_worsening_above(self, confidence: float) -> float:
        """The ROC AUC is not lower by more than this, with the confidence."""
        return -self.lower_bound(confidence)

    def bound_worsening_below(self, confidence: float) -> float:
        """The ROC AUC is lower by at least this, with the confidence."""
        return -self.upper_bound(confidence)

    @property
    def figures(self) -> Mapping[str, float]:
        """The figures of the comparison, by name."""
        low, high = self.interval
        return {
            "production_roc_auc": self.second,
            "gate_roc_auc": self.first,
            "gate_roc_auc_difference": self.estimate,
            "gate_roc_auc_difference_low": low,
            "gate_roc_auc_difference_high": high,
        }

    def describe_first(self) -> str:
        """The first classifier's ROC AUC, and the difference."""
        low, high = self.interval
        return f"{self.first:.4f} ({self.estimate:+z.4f}, 95 % CI {low:+z.4f} to {high:+z.4f})"

    def describe_change(self) -> str:
        """The difference and its interval."""
        low, high = self.interval
        return f"{self.estimate:+.4f} (95 % CI {low:+.4f} to {high:+.4f})"

    def describe_limit(self, margin: float) -> str:
        """How much lower the ROC AUC may be."""
        return f"{margin:zg} lower"

    def describe_part(self, whole: Any, share_of_rows: float) -> str:  # noqa: ARG002 - the protocol's
        """Nothing: the ROC AUC of all rows is not a sum over parts."""
        return ""

    def explain_failure(self, worsening: float, margin: float, against: str, rows: str) -> str:
        """Says how much lower the ROC AUC may be, and how much is allowed."""
        return (
            f"ROC AUC {self.first:.4f} is up to {worsening:z.4f} below the {self.second:.4f} of "
            f"{against} ({rows}); {margin:zg} is allowed"
        )


def compare_auc(
    first: ClassOutcome, second: ClassOutcome, min_rows: int = 1
) -> AucDifference | None:
    """Compares two classifiers on the same rows, their classes in the same order.

    For more than two classes the ROC AUC is the mean over the classes, each against the rest.

    Args:
        first: the first classifier's outcome.
        second: the second classifier's outcome.
        min_rows: a class counts if it has this many rows, and so do the other classes together.

    Returns:
        None if no class counts.
    """
    usable = _find_usable_classes(first, min_rows)
    if not usable.any():
        return None
    first_auc, first_shares = _compute_auc_and_shares(first, usable)
    second_auc, second_shares = _compute_auc_and_shares(second, usable)
    error = _compute_standard_error(first.truth, first_shares - second_shares)
    return AucDifference(first_auc, second_auc, error)


def _find_usable_classes(outcome: ClassOutcome, min_rows: int) -> Bools:
    """Which classes have `min_rows` rows, and leave as many for the others."""
    class_rows = outcome.indicator.sum(axis=0)
    return np.asarray(np.minimum(class_rows, len(outcome.truth) - class_rows) >= min_rows)


def _compute_auc_and_shares(outcome: ClassOutcome, usable: Bools) -> tuple[float, Floats]:
    """The ROC AUC, and how far it moves with each row, shape `[rows]`: the means over classes."""
    truth = outcome.indicator[:, usable].astype(np.bool_)
    pairs = zip(truth.T, outcome.scores[:, usable].T, strict=True)
    aucs, shares = zip(*(_compute_class_auc(*each) for each in pairs), strict=True)
    return float(np.mean(aucs)), np.mean(shares, axis=0)


def _compute_class_auc(is_positive: Bools, scores: Floats) -> tuple[float, Floats]:
    """The ROC AUC of one score, and each row's component divided by the rows of its group.

    The ROC AUC is the share of pairs of a positive and a negative row that are in order, ties
    counted half: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
    """
    positives, negatives = scores[is_positive], scores[~is_positive]
    above = _compute_share_below(positives, negatives)
    shares = np.empty(len(scores))
    shares[is_positive] = above / len(positives)
    shares[~is_positive] = (1 - _compute_share_below(negatives, positives)) / len(negatives)
    return float(above.mean()), shares


def _compute_share_below(scores: Floats, others: Floats) -> Floats:
    """For each score the share of the others that are lower, ties counted half."""
    ordered = np.sort(others)
    ranks = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    return np.asarray(sum(ranks) / (2 * len(others)))


def _compute_standard_error(strata: NDArray[np.intp], shares: Floats) -> float:
    """The root of the sum of the variances within the true classes, whose sizes are given."""
    variance = 0.0
    for stratum in np.unique(strata):
        class_shares = shares[strata == stratum]
        if len(class_shares) > 1:
            variance += len(class_shares) * float(class_shares.var(ddof=1))
    return float(np.sqrt(variance))
