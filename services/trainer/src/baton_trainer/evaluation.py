"""How good a classifier is: the same figures for two classes and for more.

For two classes the figures are those of the positive one; for more they are the plain means over
the classes, each against the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.metrics import accuracy_score, average_precision_score, f1_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline

from baton_registry.signature import Label
from baton_trainer.errors import DataError

FOLDS = 5

_LEAST_PROBABILITY = 1e-15
_TWO = 2

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Outcome:
    """What a classifier said of rows whose truth is known.

    Attributes:
        classes: the labels in the order of the probabilities.
        truth: shape `[n]`, the index in `classes` of each row's true label.
        probabilities: shape `[n, classes]`.
        positive: of two classes the index of the one that the figures are about.
    """

    classes: tuple[Label, ...]
    truth: NDArray[np.intp]
    probabilities: Floats
    positive: int = 1

    @classmethod
    def of(
        cls,
        classes: Sequence[Label],
        target: pd.Series,
        probabilities: Floats,
        positive: Label | None = None,
    ) -> "Outcome":
        """Pairs labels, all of which are among `classes`, with the probabilities of their rows.

        `positive` is a label too; None means the second of two classes.
        """
        truth = pd.Index(classes).get_indexer(pd.Index(target))
        place = 1 if positive is None else list(classes).index(positive)
        return cls(tuple(classes), truth, probabilities, place)

    @property
    def shown(self) -> tuple[int, ...]:
        """The indices of the classes that have figures of their own: of two only the positive."""
        every = tuple(range(len(self.classes)))
        return (self.positive,) if len(every) == _TWO else every

    def at(self, rows: NDArray[Any]) -> "Outcome":
        """The same of some rows, given as indices or as a mask."""
        return replace(self, truth=self.truth[rows], probabilities=self.probabilities[rows])

    @property
    def indicator(self) -> NDArray[np.int_]:
        """Shape `[n, len(shown)]`, 1 in the column of the true class."""
        return np.eye(len(self.classes), dtype=np.int_)[self.truth][:, self.shown]

    @property
    def scores(self) -> Floats:
        """The probabilities in the shape of `indicator`."""
        return self.probabilities[:, self.shown]


def roc_auc(outcome: Outcome) -> float:
    """The area under the ROC curve."""
    return float(roc_auc_score(outcome.indicator, outcome.scores, average="macro"))


def metrics(outcome: Outcome) -> dict[str, float]:
    """`roc_auc`, `pr_auc`, `log_loss`, `brier`, `accuracy` and `f1`, by name.

    Brier's score is the mean squared difference from the truth, for more than two classes summed
    over them (Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2).
    """
    predicted = outcome.probabilities.argmax(axis=1)
    of_truth = outcome.probabilities[np.arange(len(outcome.truth)), outcome.truth]
    squares = (outcome.scores - outcome.indicator) ** 2
    is_binary = len(outcome.classes) == _TWO
    return {
        "roc_auc": roc_auc(outcome),
        "pr_auc": float(average_precision_score(outcome.indicator, outcome.scores)),
        "log_loss": float(-np.log(np.maximum(of_truth, _LEAST_PROBABILITY)).mean()),
        "brier": float(squares.sum(axis=1).mean()),
        "accuracy": float(accuracy_score(outcome.truth, predicted)),
        "f1": float(
            f1_score(
                outcome.truth,
                predicted,
                average="binary" if is_binary else "macro",
                pos_label=outcome.positive,
                zero_division=0.0,
            )
        ),
    }


def cross_validated(
    pipeline: Pipeline,
    features: pd.DataFrame,
    target: pd.Series,
    positive: Label | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """The metrics' means over stratified folds, and their standard deviations as `<metric>_std`.

    `positive` is as in `Outcome.of`.

    Raises:
        DataError: a class has a single row.
    """
    counts = target.value_counts()
    folds = min(FOLDS, int(counts.min()))
    if folds < _TWO:
        raise DataError(
            f"class {counts.idxmin()!r} of the target has too few rows to learn from; give more "
            "rows of it, or leave it out"
        )
    splitter = StratifiedKFold(folds, shuffle=True, random_state=seed)
    found = []
    for learn, judge in splitter.split(features, target):
        fitted = clone(pipeline).fit(features.iloc[learn], target.iloc[learn])
        outcome = judged(fitted, features.iloc[judge], target.iloc[judge], positive)
        found.append(metrics(outcome))
    table = pd.DataFrame(found)
    spread = table.std(ddof=0).add_suffix("_std")
    return {str(name): float(value) for name, value in pd.concat([table.mean(), spread]).items()}


def judged(
    fitted: Pipeline, features: pd.DataFrame, target: pd.Series, positive: Label | None = None
) -> Outcome:
    """What a fitted pipeline says of rows; `positive` is as in `Outcome.of`."""
    return Outcome.of(fitted.classes_.tolist(), target, fitted.predict_proba(features), positive)
