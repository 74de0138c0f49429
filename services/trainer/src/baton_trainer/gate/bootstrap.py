"""How sure the difference of two classifiers' ROC AUC is: a paired, stratified bootstrap.

Rows are drawn with replacement, within each class, and both classifiers are judged by the same
draw: what makes a row hard is hard for both, and falls out of the difference. Percentile intervals:
Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. Pairs and strata for
ROC curves: Robin et al. 2011, doi:10.1186/1471-2105-12-77. From a part of the rows, with its spread
scaled by the root of their share: Bickel, Götze, van Zwet 1997, Statistica Sinica 7, 1-31.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.outcome import Floats, Outcome

RESAMPLES = 1_000
SEED = 0
MAX_ROWS = 10_000
"""Of more rows only so many, the same share of each class, are drawn from."""
LEVEL = 0.95

_AT_ONCE = 100  # resamples: their counts of 10,000 rows are 4 MB

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]
Counts = NDArray[np.int32]


@dataclass(frozen=True)
class Difference:
    """One classifier's ROC AUC minus another's, on the same rows.

    Attributes:
        first: the one's ROC AUC.
        second: the other's.
        resampled: what the difference is in each resample, shape `[RESAMPLES]`.
    """

    first: float
    second: float
    resampled: Floats

    @property
    def estimate(self) -> float:
        """The difference on all rows."""
        return self.first - self.second

    @property
    def interval(self) -> tuple[float, float]:
        """Where the difference lies with 95 % confidence."""
        return self.bound((1 + LEVEL) / 2), self.bound((1 - LEVEL) / 2)

    def bound(self, confidence: float) -> float:
        """What the difference is not below, with this confidence; with 0.5 the median."""
        return float(np.quantile(self.resampled, 1 - confidence))


def difference(first: Outcome, second: Outcome, least: int = 1) -> Difference | None:
    """Compares what two classifiers said of the same rows, their classes in the same order.

    For more than two classes the ROC AUC is the mean over the classes, each against the rest.

    Args:
        first: of one classifier.
        second: of the other.
        least: how many rows a class must have, and how many the rest, to count.

    Returns:
        None where no class has as many rows.
    """
    whole = aucs(first, second, least)
    if whole is None:
        return None
    drawn_from = _part(first.truth)
    one, two = (_rankings(each.at(drawn_from), _usable(first, least)) for each in (first, second))
    spread = _resampled(first.truth[drawn_from], one, two) - (_mean_auc(one) - _mean_auc(two))
    scale = np.sqrt(len(drawn_from) / len(first.truth))
    return Difference(*whole, resampled=whole[0] - whole[1] + scale * spread)


def aucs(first: Outcome, second: Outcome, least: int = 1) -> tuple[float, float] | None:
    """The two ROC AUCs that `difference` would compare."""
    usable = _usable(first, least)
    if not usable.any():
        return None
    return _mean_auc(_rankings(first, usable)), _mean_auc(_rankings(second, usable))


def _usable(outcome: Outcome, least: int) -> Bools:
    """Which classes have `least` rows, and leave as many for the others."""
    of_class = outcome.indicator.sum(axis=0)
    return np.asarray(np.minimum(of_class, len(outcome.truth) - of_class) >= least)


@dataclass(frozen=True)
class _Ranking:
    """The rows of a class among the others, by one score.

    Attributes:
        positives: the indices of the rows of the class.
        negatives: the indices of the others, by ascending score.
        below: for each positive, how many negatives have a lower score.
        not_above: for each positive, how many negatives have a lower score or the same.
    """

    positives: Ints
    negatives: Ints
    below: Ints
    not_above: Ints

    @classmethod
    def of(cls, is_positive: Bools, scores: Floats) -> "_Ranking":
        positives, others = np.flatnonzero(is_positive), np.flatnonzero(~is_positive)
        negatives = others[np.argsort(scores[others], kind="stable")]
        below, not_above = (
            np.searchsorted(scores[negatives], scores[positives], side)
            for side in ("left", "right")
        )
        return cls(positives, negatives, below, not_above)

    def aucs(self, counts: Counts) -> Floats:
        """ROC AUCs where each row is there as often as `counts`, shape `[resamples, rows]`, says.

        The share of pairs of a positive and a negative that are in order, ties counted half:
        Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
        """
        up_to = np.zeros((len(counts), len(self.negatives) + 1), counts.dtype)
        np.cumsum(counts.take(self.negatives, axis=1), axis=1, out=up_to[:, 1:])
        in_order = up_to.take(self.below, axis=1) + up_to.take(self.not_above, axis=1)
        positives = counts.take(self.positives, axis=1)
        wins = np.einsum("ij,ij->i", positives, in_order, dtype=np.float64) / 2
        return np.asarray(wins / (positives.sum(axis=1) * up_to[:, -1].astype(np.float64)))


def _rankings(outcome: Outcome, usable: Bools) -> list[_Ranking]:
    truth = outcome.indicator[:, usable].astype(np.bool_)
    return [_Ranking.of(*each) for each in zip(truth.T, outcome.scores[:, usable].T, strict=True)]


def _mean_auc(rankings: Sequence[_Ranking]) -> float:
    rows = len(rankings[0].positives) + len(rankings[0].negatives)
    once = np.ones((1, rows), np.int32)
    return float(np.mean([each.aucs(once) for each in rankings]))


def _part(strata: Ints) -> Ints:
    """The rows to draw from, at most `MAX_ROWS` and one a class more."""
    share = min(1.0, MAX_ROWS / len(strata))
    rng = np.random.default_rng(SEED)
    drawn = [
        rng.permutation(rows)[: int(np.ceil(share * len(rows)))] for rows in _rows_by_class(strata)
    ]
    return np.sort(np.concatenate(drawn))


def _rows_by_class(strata: Ints) -> list[Ints]:
    return [np.flatnonzero(strata == each) for each in np.unique(strata)]


def _resampled(strata: Ints, first: Sequence[_Ranking], second: Sequence[_Ranking]) -> Floats:
    """The difference in each resample, shape `[RESAMPLES]`."""
    found = [
        np.mean(
            [one.aucs(counts) - two.aucs(counts) for one, two in zip(first, second, strict=True)],
            axis=0,
        )
        for counts in _draws(strata)
    ]
    return np.concatenate(found)


def _draws(strata: Ints) -> Iterator[Counts]:
    """How often each row is drawn, `[_AT_ONCE, rows]` at a time; classes keep their sizes."""
    rng = np.random.default_rng(SEED)
    rows_of = _rows_by_class(strata)
    first_cell = np.arange(_AT_ONCE)[:, None]
    for _ in range(RESAMPLES // _AT_ONCE):
        counts = np.empty((_AT_ONCE, len(strata)), np.int32)
        for rows in rows_of:
            drawn = rng.integers(len(rows), size=(_AT_ONCE, len(rows))) + first_cell * len(rows)
            counts[:, rows] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        yield counts
