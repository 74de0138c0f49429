"""Predictions for rows whose truth is known: the interface that every task implements.

`classes` implements it for classifiers, `values` for regressions. Everything that computes with
predictions depends on this interface alone: cross-validation, intervals, importance, slices, and
the gate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import Scores
from baton_registry.versions.output_schema import OutputSchema
from baton_trainer.evaluation.slices import Slice, SliceMetrics

Floats = NDArray[np.floating[Any]]
Rows = NDArray[Any]
"""Some rows, as indices or as a mask."""

_FIVE_DIGITS, _TOO_LONG = 1e4, 1e15
_TOO_SHORT = 1e-4


@dataclass(frozen=True)
class Metric:
    """The metric by which models of a task are compared.

    Attributes:
        name: the name among the metrics of a run.
        title: the name for people.
        is_loss: whether a smaller value is better.
        has_unit: whether it has the unit of the target, so it may be of any size.
    """

    name: str
    title: str
    is_loss: bool = False
    has_unit: bool = False

    def compute_loss(self, value: float) -> float:
        """Returns a number that is smaller for a better value."""
        return value if self.is_loss else -value

    def format_value(self, value: float) -> str:
        """Formats a value for people."""
        return format_amount(value) if self.has_unit else f"{value:.4f}"

    def format_short(self, value: float) -> str:
        """Formats a value for a plot."""
        return format_amount(value) if self.has_unit else f"{value:.3f}"


def format_amount(value: float) -> str:
    """Formats a number of any size with about five digits."""
    is_long = _FIVE_DIGITS <= abs(value) < _TOO_LONG
    return f"{value:,.0f}" if is_long else f"{value:,.5g}"


def format_like(value: float, like: float) -> str:
    """Formats a number with the decimals that `like` has with five digits, as in one column."""
    if not _TOO_SHORT <= abs(like) < _TOO_LONG:
        return format_amount(value)
    decimals = max(0, 4 - math.floor(math.log10(abs(like))))
    return f"{value:z,.{decimals}f}"


class Outcome(Protocol):
    """The predictions of a model for n rows, and their truth."""

    metric: ClassVar[Metric]

    @property
    def output_schema(self) -> OutputSchema:
        """What the model answers."""
        ...

    @property
    def answers(self) -> Scores:
        """The predictions, as an engine answers them."""
        ...

    @property
    def strata(self) -> NDArray[np.intp]:
        """The stratum of each row, shape `[n]`: samples have all of them in the same shares."""
        ...

    @property
    def quality(self) -> float:
        """The value of `metric`."""
        ...

    def select(self, rows: Rows) -> Self:
        """Returns the outcome of some rows."""
        ...

    def append(self, others: Sequence[Self]) -> Self:
        """Returns the outcome of these rows and then those of the others."""
        ...

    def replace_answers(self, answers: Scores) -> Self:
        """Returns the outcome of other predictions for the same rows."""
        ...

    def compute_metrics(self) -> dict[str, float]:
        """Computes all metrics, by name."""
        ...

    def compute_resampled(self, counts: Floats) -> dict[str, Floats]:
        """Computes the metrics that have an interval for several draws; each of shape `[draws]`.

        Args:
            counts: how often each draw has each row, shape `[draws, n]`; no stratum is missing.
        """
        ...

    def bound(self, name: str) -> tuple[float, float]:
        """Returns the least and the greatest possible value of a metric."""
        ...

    def compute_slice(self, same: Sequence[Slice]) -> SliceMetrics | None:
        """Computes the metrics of slices with the same rows; None if the rows are too few."""
        ...


T = TypeVar("T", bound=Outcome)


def join_outcomes(parts: Sequence[tuple[Rows, T]]) -> T:
    """Joins the outcomes of disjoint rows, which together are all, in the order of the rows."""
    places = [np.flatnonzero(rows) if rows.dtype == np.bool_ else rows for rows, _ in parts]
    first, *others = (outcome for _, outcome in parts)
    return first.append(others).select(np.argsort(np.concatenate(places)))
