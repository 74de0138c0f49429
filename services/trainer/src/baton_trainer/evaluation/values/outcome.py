"""The predictions of a regression for rows whose value is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import VALUE, OutputSchema
from baton_trainer.evaluation.outcome import Floats, Metric, Rows
from baton_trainer.evaluation.slices import Slice
from baton_trainer.evaluation.values import metrics
from baton_trainer.evaluation.values.slice_metrics import ValueSliceMetrics, compute_slice


@dataclass(frozen=True)
class ValueOutcome:
    """The predictions of a regression for n rows.

    Attributes:
        truth: the values, shape `[n]`.
        predictions: the predicted values, shape `[n]`.
    """

    metric: ClassVar[Metric] = Metric("rmse", "RMSE", is_loss=True, has_unit=True)

    truth: Floats
    predictions: Floats

    @property
    def output_schema(self) -> OutputSchema:
        """One value."""
        return OutputSchema("regression")

    @property
    def answers(self) -> Scores:
        """The predicted values."""
        return {VALUE: self.predictions}

    @property
    def strata(self) -> NDArray[np.intp]:
        """All rows are one stratum."""
        return np.zeros(len(self.truth), np.intp)

    @property
    def errors(self) -> Floats:
        """Predicted minus actual value, shape `[n]`."""
        return self.predictions - self.truth

    @property
    def quality(self) -> float:
        """The root of the mean squared error."""
        return metrics.compute_rmse(self.errors)

    def select(self, rows: Rows) -> "ValueOutcome":
        """Returns the outcome of some rows, given as indices or as a mask."""
        return replace(self, truth=self.truth[rows], predictions=self.predictions[rows])

    def append(self, others: Sequence["ValueOutcome"]) -> "ValueOutcome":
        """Returns the outcome of these rows and then those of the others."""
        parts = (self, *others)
        return ValueOutcome(
            np.concatenate([each.truth for each in parts]),
            np.concatenate([each.predictions for each in parts]),
        )

    def replace_answers(self, answers: Scores) -> "ValueOutcome":
        """Returns the outcome of other predictions for the same rows."""
        return replace(self, predictions=answers[VALUE])

    def compute_metrics(self) -> dict[str, float]:
        """Computes all metrics, by name."""
        counts = np.ones((1, len(self.truth)))
        return {name: float(each[0]) for name, each in self.compute_resampled(counts).items()}

    def compute_resampled(self, counts: Floats) -> dict[str, Floats]:
        """Computes all metrics of each draw."""
        return metrics.compute_resampled(self.truth, self.errors, counts)

    def bound(self, name: str) -> tuple[float, float]:
        """Returns the least and the greatest possible value of a metric."""
        return metrics.BOUNDS.get(name, (0.0, np.inf))

    def compute_slice(self, same: Sequence[Slice]) -> ValueSliceMetrics | None:
        """Computes the metrics of slices with the same rows; None if the rows are too few."""
        return compute_slice(same, self.truth, self.errors)
