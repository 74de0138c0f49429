"""The metrics of a classifier.

With two classes, they are those of the positive class. With more, `roc_auc`, `pr_auc`, `ece` and
`f1` are means over the classes, each against the rest.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score

from baton_trainer.evaluation.outcome import Floats

if TYPE_CHECKING:  # an outcome computes its metrics here
    from baton_trainer.evaluation.classes.outcome import ClassOutcome

UNBOUNDED = ("log_loss", "brier")
"""The metrics that may be above 1."""
BINS = 10
"""The number of groups for calibration; they have equally many rows."""

_MIN_PROBABILITY = 1e-15


def compute_roc_auc(outcome: "ClassOutcome") -> float:
    """Computes the area under the ROC curve."""
    return float(roc_auc_score(outcome.indicator, outcome.scores, average="macro"))


def compute_metrics(outcome: "ClassOutcome") -> dict[str, float]:
    """Computes `roc_auc`, `pr_auc`, `log_loss`, `brier`, `ece`, `accuracy` and `f1`."""
    predicted = outcome.predictions
    return {
        "roc_auc": compute_roc_auc(outcome),
        "pr_auc": float(average_precision_score(outcome.indicator, outcome.scores)),
        "log_loss": float(compute_log_losses(outcome).mean()),
        "brier": float(compute_brier_scores(outcome).mean()),
        "ece": compute_calibration_error(outcome),
        "accuracy": float(accuracy_score(outcome.truth, predicted)),
        "f1": float(
            f1_score(
                outcome.truth,
                predicted,
                average="binary" if outcome.is_binary else "macro",
                pos_label=outcome.positive,
                zero_division=0.0,
            )
        ),
    }


def compute_log_losses(outcome: "ClassOutcome") -> Floats:
    """Computes the negative logarithm of the true class's probability, shape `[n]`."""
    of_truth = outcome.probabilities[np.arange(len(outcome.truth)), outcome.truth]
    return np.asarray(-np.log(np.maximum(of_truth, _MIN_PROBABILITY)))


def compute_brier_scores(outcome: "ClassOutcome") -> Floats:
    """Computes the squared difference from the truth, summed over more than two classes, `[n]`.

    Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    return np.asarray(((outcome.scores - outcome.indicator) ** 2).sum(axis=1))


@dataclass(frozen=True)
class Reliability:
    """Rows grouped by their predicted probability, in ascending order.

    Attributes:
        predicted: the mean probability in each group, shape `[bins]`.
        observed: the share of rows in each group that are of the class.
        rows: the size of each group.
    """

    predicted: Floats
    observed: Floats
    rows: NDArray[np.intp]

    @property
    def error(self) -> float:
        """The mean distance of `predicted` from `observed`, weighted by the rows."""
        return float(np.average(np.abs(self.predicted - self.observed), weights=self.rows))


def compute_reliability(truth: NDArray[np.int_], score: Floats) -> Reliability:
    """Forms at most `BINS` groups of equal size; rows with the same probability stay together."""
    order = np.argsort(score, kind="stable")
    edges = np.linspace(0, len(order), BINS + 1).astype(np.intp)[1:-1]
    starts = np.unique(np.searchsorted(score[order], score[order][edges]))
    groups = [each for each in np.split(order, starts) if len(each)]
    return Reliability(
        np.array([score[each].mean() for each in groups]),
        np.array([truth[each].mean() for each in groups]),
        np.array([len(each) for each in groups]),
    )


def compute_calibration_error(outcome: "ClassOutcome") -> float:
    """Computes the expected calibration error, the mean over the shown classes.

    Naeini, Cooper, Hauskrecht 2015 (doi:10.1609/aaai.v29i1.9602). Groups have equal sizes, as Nixon
    et al. 2019 (arXiv:1904.01685) advise: with equal widths, most groups would be nearly empty.
    """
    pairs = zip(outcome.indicator.T, outcome.scores.T, strict=True)
    return float(np.mean([compute_reliability(truth, score).error for truth, score in pairs]))


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
