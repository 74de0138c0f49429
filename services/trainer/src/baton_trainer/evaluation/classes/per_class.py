"""The metrics of each class of a classifier with more than two."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, confusion_matrix

from baton_registry.versions.output_schema import Label
from baton_trainer.evaluation.classes.metrics import compute_auc
from baton_trainer.evaluation.classes.outcome import ClassOutcome


@dataclass(frozen=True)
class ClassMetrics:
    """The metrics of one class; the fields are the columns of the run's `tables/classes.csv`.

    Attributes:
        label: the class.
        rows: how many rows are of it.
        roc_auc: against all other classes.
        pr_auc: the average precision.
        precision: the share of right labels among the rows with this label; NaN if there are none.
        recall: the share of its rows with the right label.
        f1: the harmonic mean of precision and recall; 0 if no row has the label.
        mistaken_for: the most frequent wrong label of its rows; None if all are right.
        mistaken_share: the share of its rows with that label.
    """

    label: Label
    rows: int
    roc_auc: float
    pr_auc: float
    precision: float
    recall: float
    f1: float
    mistaken_for: Label | None
    mistaken_share: float


def compute_class_metrics(outcome: ClassOutcome) -> tuple[ClassMetrics, ...]:
    """Computes the metrics of each class, in their order; every class has rows."""
    count = len(outcome.classes)
    counts = confusion_matrix(outcome.truth, outcome.predictions, labels=range(count))
    return tuple(_compute_class(outcome, counts, index) for index in range(count))


def _compute_class(outcome: ClassOutcome, counts: NDArray[np.int_], index: int) -> ClassMetrics:
    truth, score = (outcome.truth == index).astype(np.int_), outcome.probabilities[:, index]
    rows, predicted, right = counts[index].sum(), counts[:, index].sum(), counts[index, index]
    wrong = np.where(np.arange(len(counts)) == index, 0, counts[index])
    most = int(wrong.argmax())
    return ClassMetrics(
        label=outcome.classes[index],
        rows=int(rows),
        roc_auc=compute_auc(truth, score)[0],
        pr_auc=float(average_precision_score(truth, score)),
        precision=float(right / predicted) if predicted else np.nan,
        recall=float(right / rows),
        f1=float(2 * right / (rows + predicted)),
        mistaken_for=outcome.classes[most] if wrong[most] else None,
        mistaken_share=float(wrong[most] / rows),
    )
