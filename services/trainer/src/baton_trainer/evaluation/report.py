"""The report of a training run: all metrics, intervals, thresholds, slices and importances."""

from collections.abc import Mapping
from dataclasses import dataclass

from baton_trainer.evaluation import intervals, slice_metrics
from baton_trainer.evaluation.classes.thresholds import Costs, Thresholds, choose_thresholds
from baton_trainer.evaluation.cross_validation import CrossValidation
from baton_trainer.evaluation.importance import EvaluatedModel, Importance, measure_importances
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.outcome import Outcome, join_outcomes
from baton_trainer.evaluation.slices import SliceMetrics, list_slices
from baton_trainer.request import Train
from baton_trainer.tables.table import Table


@dataclass(frozen=True)
class Report:
    """Everything that is measured.

    Attributes:
        cross_validation: the metrics on the training rows.
        held_out: the predictions of the fitted pipeline for the held-out rows.
        held_out_metrics: the metrics of `held_out`, by name.
        intervals: their 95 % confidence intervals; some metrics have none.
        thresholds: None unless there are two classes.
        slices: metrics by category, weakest first; each row is predicted by a model that
            did not learn from it.
        sliced_quality: the value of the outcome's metric for all these rows together.
        importances: the most important column first.
    """

    cross_validation: CrossValidation
    held_out: Outcome
    held_out_metrics: Mapping[str, float]
    intervals: Mapping[str, Interval]
    thresholds: Thresholds | None
    slices: tuple[SliceMetrics, ...]
    sliced_quality: float
    importances: tuple[Importance, ...]

    @property
    def metrics(self) -> dict[str, float]:
        """By name: `cv_*` from cross-validation, `test_*` on the held-out rows.

        `*_std` is a standard deviation over folds; `*_ci_low` and `*_ci_high` bound an interval.
        """
        cv = self.cross_validation
        metrics = {f"cv_{name}": value for name, value in cv.means.items()}
        metrics |= {f"cv_{name}_std": value for name, value in cv.spreads.items()}
        metrics |= _name_bounds("cv", cv.intervals)
        metrics |= {f"test_{name}": value for name, value in self.held_out_metrics.items()}
        metrics |= _name_bounds("test", self.intervals)
        if self.thresholds:
            metrics |= {
                "cheapest_threshold": self.thresholds.cheapest.at,
                "test_cost": self.thresholds.even_held_out.cost,
                "test_cheapest_cost": self.thresholds.cheapest_held_out.cost,
            }
        if self.slices:
            metrics[f"weakest_slice_{self.held_out.metric.name}"] = self.slices[0].quality
        return metrics


def build_report(
    table: Table, cv: CrossValidation, model: EvaluatedModel, options: Train
) -> Report:
    """Builds the report; `model` has predicted the table's held-out rows."""
    held_out, seed = model.outcome, options.seed
    joined = join_outcomes([(~table.held_out, cv.outcome), (table.held_out, held_out)])
    costs = Costs(options.cost_fp, options.cost_fn)
    return Report(
        cross_validation=cv,
        held_out=held_out,
        held_out_metrics=held_out.compute_metrics(),
        intervals=intervals.compute_intervals(held_out, seed),
        thresholds=choose_thresholds(cv.outcome, held_out, costs),
        slices=slice_metrics.compute_slice_metrics(
            joined, list_slices(table.features, table.columns, table.private_columns)
        ),
        sliced_quality=joined.quality,
        importances=measure_importances(model, seed),
    )


def _name_bounds(prefix: str, intervals: Mapping[str, Interval]) -> dict[str, float]:
    bounds = {}
    for name, (low, high) in intervals.items():
        bounds[f"{prefix}_{name}_ci_low"] = low
        bounds[f"{prefix}_{name}_ci_high"] = high
    return bounds
