"""The predictions of a classifier for labelled rows.

With two classes, the metrics are those of the positive class. With more, they are means over the
classes, each against the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import (
    BINARY_CLASSES,
    LABEL,
    PROBABILITIES,
    Label,
    OutputSchema,
)
from baton_trainer.evaluation.classes import metrics, resampling, slice_metrics
from baton_trainer.evaluation.classes.slice_metrics import ClassSliceMetrics
from baton_trainer.evaluation.outcome import Floats, Metric, Rows
from baton_trainer.evaluation.slices import Slice


@dataclass(frozen=True)
class ClassOutcome:
    """The predictions of a classifier for labelled rows.

    Attributes:
        classes: the labels in the order of the probabilities.
        truth: shape `[n]`, the index in `classes` of each row's true label.
        probabilities: shape `[n, classes]`.
        positive: with two classes, the index of the one that the metrics describe.
    """

    metric: ClassVar[Metric] = Metric("roc_auc", "ROC AUC")

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
    ) -> "ClassOutcome":
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
        return len(self.classes) == BINARY_CLASSES

    @property
    def predictions(self) -> NDArray[np.intp]:
        """The index of each row's most probable class, shape `[n]`: the label that is served."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def indicator(self) -> NDArray[np.int_]:
        """Shape `[n, len(shown_classes)]`, 1 in the column of the true class."""
        return np.eye(len(self.classes), dtype=np.int_)[self.truth][:, self.shown_classes]

    @property
    def scores(self) -> Floats:
        """The probabilities in the shape of `indicator`."""
        return self.probabilities[:, self.shown_classes]

    @property
    def output_schema(self) -> OutputSchema:
        """The classes."""
        return OutputSchema.from_classes(self.classes)

    @property
    def answers(self) -> Scores:
        """The index of the label, and the probabilities."""
        return {LABEL: self.predictions, PROBABILITIES: self.probabilities}

    @property
    def strata(self) -> NDArray[np.intp]:
        """The true classes."""
        return self.truth

    @property
    def quality(self) -> float:
        """The area under the ROC curve."""
        pairs = zip(self.indicator.T, self.scores.T, strict=True)
        return float(np.mean([metrics.compute_auc(*each)[0] for each in pairs]))

    def select(self, rows: Rows) -> "ClassOutcome":
        """Returns the outcome of some rows, given as indices or as a mask."""
        return replace(self, truth=self.truth[rows], probabilities=self.probabilities[rows])

    def append(self, others: Sequence["ClassOutcome"]) -> "ClassOutcome":
        """Returns the outcome of these rows and then those of the others."""
        parts = (self, *others)
        return replace(
            self,
            truth=np.concatenate([each.truth for each in parts]),
            probabilities=np.concatenate([each.probabilities for each in parts]),
        )

    def replace_answers(self, answers: Scores) -> "ClassOutcome":
        """Returns the outcome of other probabilities for the same rows."""
        return replace(self, probabilities=answers[PROBABILITIES])

    def compute_metrics(self) -> dict[str, float]:
        """Computes all metrics, by name."""
        return metrics.compute_metrics(self)

    def compute_resampled(self, counts: Floats) -> dict[str, Floats]:
        """Computes the metrics of each draw, without `ece`: a draw adds its own miscalibration."""
        return resampling.compute_resampled(self, counts)

    def bound(self, name: str) -> tuple[float, float]:
        """Returns the least and the greatest possible value of a metric."""
        return 0.0, np.inf if name in metrics.UNBOUNDED else 1.0

    def compute_slice(self, same: Sequence[Slice]) -> ClassSliceMetrics | None:
        """Computes the metrics of slices with the same rows; None if the rows are too few."""
        return slice_metrics.compute_slice(same, self.select(same[0].rows))
