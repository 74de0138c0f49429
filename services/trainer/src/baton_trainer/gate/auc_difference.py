"""How sure the difference of two classifiers' ROC AUC is: DeLong's closed form for paired curves.

Both classifiers are judged by the same rows: what makes a row hard is hard for both, and falls out
of the difference. The variance follows from the share of each row in the figure: DeLong, DeLong and
Clarke-Pearson 1988, doi:10.2307/2531595. By ranks instead of pairs, in n log n: Sun and Xu 2014,
doi:10.1109/LSP.2014.2337313. There is no seed: the same rows give the same answer.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.outcome import Floats, Outcome

LEVEL = 0.95

_NORMAL = NormalDist()

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """One classifier's ROC AUC minus another's, on the same rows.

    Attributes:
        first: the one's ROC AUC.
        second: the other's.
        standard_error: of the difference.
    """

    first: float
    second: float
    standard_error: float

    @property
    def estimate(self) -> float:
        """The difference on all rows."""
        return self.first - self.second

    @property
    def interval(self) -> tuple[float, float]:
        """Where the difference lies with 95 % confidence."""
        return self.bound((1 + LEVEL) / 2), self.bound((1 - LEVEL) / 2)

    def bound(self, confidence: float) -> float:
        """The lower confidence bound of the difference; with confidence 0.5 the estimate itself."""
        return self.estimate - _NORMAL.inv_cdf(confidence) * self.standard_error


def compare(first: Outcome, second: Outcome, least: int = 1) -> Difference | None:
    """Compares what two classifiers said of the same rows, their classes in the same order.

    For more than two classes the ROC AUC is the mean over the classes, each against the rest.

    Args:
        first: of one classifier.
        second: of the other.
        least: how many rows a class must have, and how many the rest, to count.

    Returns:
        None if no class has as many rows.
    """
    usable = _usable(first, least)
    if not usable.any():
        return None
    (one, of_one), (two, of_two) = (_auc_and_shares(each, usable) for each in (first, second))
    return Difference(one, two, _standard_error(first.truth, of_one - of_two))


def _usable(outcome: Outcome, least: int) -> Bools:
    """Which classes have `least` rows, and leave as many for the others."""
    of_class = outcome.indicator.sum(axis=0)
    return np.asarray(np.minimum(of_class, len(outcome.truth) - of_class) >= least)


def _auc_and_shares(outcome: Outcome, usable: Bools) -> tuple[float, Floats]:
    """The ROC AUC, and how far it moves with each row, shape `[rows]`: the means over classes."""
    truth = outcome.indicator[:, usable].astype(np.bool_)
    found = [_of_class(*each) for each in zip(truth.T, outcome.scores[:, usable].T, strict=True)]
    return float(np.mean([auc for auc, _ in found])), np.mean([each for _, each in found], axis=0)


def _of_class(is_positive: Bools, scores: Floats) -> tuple[float, Floats]:
    """The ROC AUC of one score, and each row's component divided by the rows of its group.

    The ROC AUC is the share of pairs of a positive and a negative row that are in order, ties
    counted half: Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
    """
    positives, negatives = scores[is_positive], scores[~is_positive]
    above = _share_below(positives, negatives)
    shares = np.empty(len(scores))
    shares[is_positive] = above / len(positives)
    shares[~is_positive] = (1 - _share_below(negatives, positives)) / len(negatives)
    return float(above.mean()), shares


def _share_below(scores: Floats, others: Floats) -> Floats:
    """For each score the share of the others that are lower, ties counted half."""
    ordered = np.sort(others)
    places = (np.searchsorted(ordered, scores, side) for side in ("left", "right"))
    return np.asarray(sum(places) / (2 * len(others)))


def _standard_error(strata: NDArray[np.intp], shares: Floats) -> float:
    """The root of the sum of the variances within the true classes, whose sizes are given."""
    variance = 0.0
    for each in np.unique(strata):
        of_class = shares[strata == each]
        if len(of_class) > 1:
            variance += len(of_class) * float(of_class.var(ddof=1))
    return float(np.sqrt(variance))
