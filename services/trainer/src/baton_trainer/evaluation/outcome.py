"""The predictions of a classifier for labelled rows, and its metrics.

With two classes, the metrics are those of the positive class. With more, they are means over the
classes, each against the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from sklearn.pipeline import Pipeline

from baton_registry.versions.output_schema import Label

UNBOUNDED = ("log_loss", "brier")
"""The metrics that may be above 1."""
BINS = 10
"""The number of groups for calibration; they have equally many rows."""

_MIN_PROBABILITY = 1e-15
_TWO = 2

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Outcome:
    """The predictions of a classifier for labelled rows.

    Attributes:
        classes: the labels in the order of the probabilities.
        truth: shape `[n]`, the index in `classes` of each row's true label.
        probabilities: shape `[n, classes]`.
        positive: with two classes, the index of the one that the metrics describe.
    """

    classes: tuple[Label, ...]
    truth: NDArray[np.intp]
    probabilities: Floats
    positive: int = 1

    @classmethod
    def from_labels(
        cls,
        classes: Sequence[Label],
        target: pd.Series,
        probabilities: Floats,
        positive: Label | None = None,
    ) -> "Outcome":
        """Pairs labels, which must be in `classes`, with the probabilities of their rows.

        `positive` is a label; None means the second of two classes.
        """
        truth = pd.Index(classes).get_indexer(pd.Index(target))
        index = 1 if positive is None else list(classes).index(positive)
        return cls(tuple(classes), truth, probabilities, index)

    @property
    def shown_classes(self) -> tuple[int, ...]:
        """The indices of the classes with metrics of their own: of two, only the positive."""
        every = tuple(range(len(self.classes)))
        return (self.positive,) if self.is_binary else every

    @property
    def is_binary(self) -> bool:
        """Whether there are two classes, one of which is positive."""
        return len(self.classes) == _TWO

    @property
    def predictions(self) -> NDArray[np.intp]:
        """The index of each row's most probable class, shape `[n]`: the label that is served."""
        return np.asarray(self.probabilities.argmax(axis=1))

    def select(self, rows: NDArray[Any]) -> "Outcome":
        """Returns the outcome of some rows, given as indices or as a mask."""
        return replace(self, truth=self.truth[rows], probabilities=self.probabilities[rows])

    @property
    def indicator(self) -> NDArray[np.int_]:
        """Shape `[n, len(shown_classes)]`, 1 in the column of the true class."""
        return np.eye(len(self.classes), dtype=np.int_)[self.truth][:, self.shown_classes]

    @property
    def scores(self) -> Floats:
        """The probabilities in the shape of `indicator`."""
        return self.probabilities[:, self.shown_classes]


def compute_roc_auc(outcome: Outcome) -> float:
    """Computes the area under the ROC curve."""
    return float(roc_auc_score(outcome.indicator, outcome.scores, average="macro"))


def compute_metrics(outcome: Outcome) -> dict[str, float]:
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


def compute_log_losses(outcome: Outcome) -> Floats:
    """Computes the negative logarithm of the true class's probability, shape `[n]`."""
    of_truth = outcome.probabilities[np.arange(len(outcome.truth)), outcome.truth]
    return np.asarray(-np.log(np.maximum(of_truth, _MIN_PROBABILITY)))


def compute_brier_scores(outcome: Outcome) -> Floats:
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


def compute_calibration_error(outcome: Outcome) -> float:
    """Computes the expected calibration error, the mean over the shown classes.

    Naeini, Cooper, Hauskrecht 2015 (doi:10.1609/aaai.v29i1.9602). Groups have equal sizes, as Nixon
    et al. 2019 (arXiv:1904.01685) advise: with equal widths, most groups would be nearly empty.
    """
    pairs = zip(outcome.indicator.T, outcome.scores.T, strict=True)
    return float(np.mean([compute_reliability(truth, score).error for truth, score in pairs]))


def predict_outcome(
    fitted: Pipeline, features: pd.DataFrame, target: pd.Series, positive: Label | None = None
) -> Outcome:
    """Predicts rows with a fitted pipeline; `positive` is as in `Outcome.from_labels`."""
    return Outcome.from_labels(
        fitted.classes_.tolist(), target, fitted.predict_proba(features), positive
    )
