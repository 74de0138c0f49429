"""The metrics of many draws of a classifier's rows at once.

scikit-learn's metrics take a millisecond each; a thousand draws of seven metrics for each class
would take longer than training.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from baton_trainer.evaluation.classes import metrics
from baton_trainer.evaluation.outcome import Floats

if TYPE_CHECKING:  # an outcome resamples its metrics here
    from baton_trainer.evaluation.classes.outcome import ClassOutcome


def compute_resampled(outcome: "ClassOutcome", counts: Floats) -> dict[str, Floats]:
    """Computes the metrics of each draw, without `ece`; each has the shape `[draws]`.

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
        "log_loss": counts @ metrics.compute_log_losses(outcome) / rows,
        "brier": counts @ metrics.compute_brier_scores(outcome) / rows,
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


def _compute_f1(outcome: "ClassOutcome", counts: Floats) -> Floats:
    """Computes the mean F1 of the shown classes; a class that is never predicted counts as 0."""
    truth = outcome.indicator.astype(np.float64)
    predicted = np.eye(len(outcome.classes))[outcome.predictions][:, outcome.shown_classes]
    both, true, positive = (counts @ each for each in (truth * predicted, truth, predicted))
    return np.asarray((2 * both / (true + positive)).mean(axis=1))
