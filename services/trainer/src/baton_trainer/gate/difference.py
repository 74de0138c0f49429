"""How much worse a model is than another one: the interface that every task implements."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from baton_trainer.evaluation.outcome import Metric

Kind = Literal["difference", "ratio"]


class Difference(Protocol):
    """The first model compared with the second on the same rows, by the metric of their task.

    *Worsening* is how much worse the first model is. Its unit is that of the gate's limits.
    """

    @property
    def metric(self) -> Metric:
        """What is compared."""
        ...

    @property
    def first(self) -> float:
        """The metric of the first model."""
        ...

    @property
    def second(self) -> float:
        """The metric of the second model."""
        ...

    @property
    def kind(self) -> Kind:
        """What `estimate` is: the first metric minus the second, or divided by it."""
        ...

    @property
    def estimate(self) -> float:
        """The comparison on all rows, in the form that reports show."""
        ...

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of `estimate`."""
        ...

    @property
    def worsening(self) -> float:
        """The worsening on all rows; below 0 if the first model is better."""
        ...

    def bound_worsening_above(self, confidence: float) -> float:
        """The worsening is not larger than this, with the confidence."""
        ...

    def bound_worsening_below(self, confidence: float) -> float:
        """The worsening is not smaller than this, with the confidence."""
        ...

    @property
    def figures(self) -> Mapping[str, float]:
        """The figures of the comparison, by name: metrics of the run."""
        ...

    def describe_first(self) -> str:
        """The metric of the first model, and how it differs."""
        ...

    def describe_change(self) -> str:
        """The estimate and its interval."""
        ...

    def describe_limit(self, margin: float) -> str:
        """The worsening that is allowed, e.g. `0.01 lower`."""
        ...

    def describe_part(self, whole: Any, share_of_rows: float) -> str:
        """What else is worth knowing about a part of the rows; empty if nothing.

        Args:
            whole: the comparison on all rows.
            share_of_rows: the share of the part in the rows.
        """
        ...

    def explain_failure(self, worsening: float, margin: float, against: str, rows: str) -> str:
        """Says why the first model is worse than allowed.

        Args:
            worsening: how large it may be.
            margin: how large it is allowed to be.
            against: names the second model.
            rows: describes the rows and the confidence.
        """
        ...
