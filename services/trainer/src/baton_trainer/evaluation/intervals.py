"""Confidence intervals of the held-out metrics, by a stratified bootstrap.

Rows are drawn with replacement within each class, so no draw lacks a class: Robin et al. 2011,
doi:10.1186/1471-2105-12-77. Percentile intervals: Efron and Tibshirani, "An Introduction to the
Bootstrap" (1993), chapter 13. A large table is sampled, and the spread scaled by the root of the
share: Bickel, Götze, van Zwet 1997, Statistica Sinica 7, 1-31.

scikit-learn's metrics take a millisecond each; a thousand draws of seven metrics for each class
would take longer than training. This module computes all draws at once.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.outcome import Floats, Outcome

RESAMPLES = 500
MAX_ROWS = 10_000
"""Of more rows, a sample of this size is used, with the same share of each class."""
LEVEL = 0.95

_AT_ONCE = 50  # resamples: their counts of 10,000 rows are 4 MB

Interval = tuple[float, float]


def compute_intervals(outcome: Outcome, seed: int) -> dict[str, Interval]:
    """Computes the 95 % confidence interval of each metric of `evaluation.compute_metrics`.

    `ece` has none: a bootstrap adds its own miscalibration.
    """
    whole = evaluation.compute_metrics(outcome)
    rng = np.random.default_rng(seed)
    part = outcome.select(_sample_rows(outcome.truth, rng))
    here = compute_resampled(part, np.ones((1, len(part.truth))))
    drawn = [compute_resampled(part, counts) for counts in _draw_counts(part.truth, rng)]
    scale = np.sqrt(len(part.truth) / len(outcome.truth))
    intervals = {}
    for name, at_part in here.items():
        spread = np.concatenate([each[name] for each in drawn]) - at_part
        low, high = np.quantile(spread, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]) * scale + whole[name]
        intervals[name] = (float(low), float(high))
    return intervals


def compute_resampled(outcome: Outcome, counts: Floats) -> dict[str, Floats]:
    """Computes the metrics of each draw, except `ece`; each has the shape `[draws]`.

    Args:
        outcome: the outcome of n rows.
        counts: how often each draw has each row, shape `[draws, n]`; no class may be missing.
    """
    rows = counts.sum(axis=1)
    hit = outcome.predictions == outcome.truth
    areas = [
        _compute_areas(truth, score, counts)
        for truth, score in zip(outcome.indicator.T, outcome.scores.T, strict=True)
    ]
    return {
        "roc_auc": np.mean([roc for roc, _ in areas], axis=0),
        "pr_auc": np.mean([precision_recall for _, precision_recall in areas], axis=0),
        "log_loss": counts @ evaluation.compute_log_losses(outcome) / rows,
        "brier": counts @ evaluation.compute_brier_scores(outcome) / rows,
        "accuracy": counts @ hit / rows,
        "f1": _compute_f1(outcome, counts),
    }


def _compute_areas(truth: NDArray[np.int_], score: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Computes the area under the ROC curve and the average precision, each of shape `[draws]`.

    Rows with the same score are one step of either curve, as in scikit-learn.
    """
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    weights = counts[:, order]
    true = np.cumsum(weights * truth[order], axis=1)[:, ends]
    every = np.cumsum(weights, axis=1)[:, ends]
    false = every - true
    recall_step = np.diff(true, axis=1, prepend=0) / true[:, -1:]
    false_step = np.diff(false, axis=1, prepend=0) / false[:, -1:]
    recall = true / true[:, -1:]
    roc = (false_step * (recall - recall_step / 2)).sum(axis=1)
    precision = np.divide(true, every, out=np.zeros_like(true), where=every > 0)
    return roc, (recall_step * precision).sum(axis=1)


def _compute_f1(outcome: Outcome, counts: Floats) -> Floats:
    """Computes the mean F1 of the shown classes; a class that is never predicted counts as 0."""
    truth = outcome.indicator.astype(np.float64)
    predicted = np.eye(len(outcome.classes))[outcome.predictions][:, outcome.shown_classes]
    both, true, positive = (counts @ each for each in (truth * predicted, truth, predicted))
    return np.asarray((2 * both / (true + positive)).mean(axis=1))


def _sample_rows(truth: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Samples about `MAX_ROWS` rows at most."""
    share = min(1.0, MAX_ROWS / len(truth))
    drawn = [
        rng.permutation(rows)[: int(np.ceil(share * len(rows)))] for rows in _list_strata(truth)
    ]
    return np.sort(np.concatenate(drawn))


def _list_strata(truth: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    return [np.flatnonzero(truth == each) for each in np.unique(truth)]


def _draw_counts(truth: NDArray[np.intp], rng: np.random.Generator) -> Iterator[Floats]:
    """Yields how often each row is drawn, `[_AT_ONCE, rows]` each; classes keep their sizes."""
    strata = _list_strata(truth)
    for _ in range(RESAMPLES // _AT_ONCE):
        counts = np.empty((_AT_ONCE, len(truth)))
        for rows in strata:
            first_cell = np.arange(_AT_ONCE)[:, None] * len(rows)
            drawn = rng.integers(len(rows), size=(_AT_ONCE, len(rows))) + first_cell
            counts[:, rows] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
        yield counts
