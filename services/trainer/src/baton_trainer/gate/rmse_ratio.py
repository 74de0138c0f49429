"""The ratio of two regressions' RMSE, with confidence bounds by a paired bootstrap.

Each draw has the same rows for both: what makes a row hard is hard for both, and cancels out of the
ratio. The same rows give the same result, because the seed is fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from baton_trainer.evaluation import bootstrap
from baton_trainer.evaluation.confidence import LOWER_QUANTILE, UPPER_QUANTILE
from baton_trainer.evaluation.outcome import Floats, Metric
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate.difference import Kind

SEED = 0

_LEAST = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class RmseRatio:
    """The first regression's RMSE divided by the second's, on the same rows.

    Attributes:
        first: the first regression's RMSE.
        second: the second regression's RMSE.
        draws: the ratio of each draw, shape `[draws]`.
    """

    metric: ClassVar[Metric] = ValueOutcome.metric
    kind: ClassVar[Kind] = "ratio"

    first: float
    second: float
    draws: Floats = field(repr=False)

    @property
    def estimate(self) -> float:
        """The ratio on all rows."""
        return float(np.exp(_compute_log_ratio(self.first**2, self.second**2)))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the ratio."""
        low, high = np.quantile(self.draws, [LOWER_QUANTILE, UPPER_QUANTILE])
        return float(low), float(high)

    @property
    def worsening(self) -> float:
        """How much higher the first regression's RMSE is, as a share of the second's."""
        return self.estimate - 1

    def bound_worsening_above(self, confidence: float) -> float:
        """The RMSE is not higher by more than this, with the confidence."""
        return float(np.quantile(self.draws, confidence)) - 1

    def bound_worsening_below(self, confidence: float) -> float:
        """The RMSE is higher by at least this, with the confidence."""
        return self.bound_worsening_above(1 - confidence)

    @property
    def figures(self) -> Mapping[str, float]:
        """The figures of the comparison, by name."""
        low, high = self.interval
        return {
            "production_rmse": self.second,
            "gate_rmse": self.first,
            "gate_rmse_ratio": self.estimate,
            "gate_rmse_ratio_low": low,
            "gate_rmse_ratio_high": high,
        }

    def describe_first(self) -> str:
        """The first regression's RMSE, and the ratio."""
        low, high = self.interval
        ratio = f"ratio {self.estimate:.4f}, 95 % CI {low:.4f} to {high:.4f}"
        return f"{self.metric.format_value(self.first)} ({ratio})"

    def describe_change(self) -> str:
        """The ratio and its interval."""
        low, high = self.interval
        return f"ratio {self.estimate:.4f} (95 % CI {low:.4f} to {high:.4f})"

    def describe_limit(self, margin: float) -> str:
        """How much higher the RMSE may be."""
        return f"{_format_percent(margin)} higher"

    def describe_part(self, whole: Any, share_of_rows: float) -> str:
        """The share of these rows in the squared errors of all rows."""
        share = share_of_rows * self.first**2 / max(whole.first**2, _LEAST)
        return f", {share:.0%} of the squared error"

    def explain_failure(self, worsening: float, margin: float, against: str, rows: str) -> str:
        """Says how much higher the RMSE may be, and how much is allowed."""
        first, second = map(self.metric.format_value, (self.first, self.second))
        return (
            f"RMSE {first} is up to {_format_percent(worsening)} above the {second} of {against} "
            f"({rows}); {_format_percent(margin)} is allowed"
        )


def compare_rmse(first: ValueOutcome, second: ValueOutcome, min_rows: int = 1) -> RmseRatio | None:
    """Compares two regressions on the same rows; None if there are fewer than `min_rows`."""
    if len(first.truth) < min_rows:
        return None
    rng = np.random.default_rng(SEED)
    rows = bootstrap.sample_rows(first.strata, rng)
    squared = np.stack([np.square(each.errors[rows]) for each in (first, second)], axis=1)
    sums = [counts @ squared for counts in bootstrap.draw_counts(first.strata[rows], rng)]
    spread = _compute_log_ratio(*np.concatenate(sums).T) - _compute_log_ratio(*squared.sum(axis=0))
    scale = np.sqrt(len(rows) / len(first.truth))
    whole = _compute_log_ratio(first.quality**2, second.quality**2)
    return RmseRatio(first.quality, second.quality, np.exp(whole + spread * scale))


def _compute_log_ratio(first: Floats | float, second: Floats | float) -> Floats:
    """The logarithm of the ratio of two RMSEs, from their squares; of two zeros it is 0."""
    return np.asarray(np.log(np.maximum(first, _LEAST)) - np.log(np.maximum(second, _LEAST))) / 2


def _format_percent(share: float) -> str:
    return f"{100 * share:z.3g} %"
