"""How good a candidate is: all that is measured, in one place."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from baton_trainer.evaluation import intervals, slice_figures
from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.cross_validation import CrossValidation
from baton_trainer.evaluation.importance import Importance, Judge, measure_importances
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.evaluation.slice_figures import SliceFigures
from baton_trainer.evaluation.slices import list_slices
from baton_trainer.evaluation.thresholds import Costs, Thresholds, compute_thresholds
from baton_trainer.request import Train
from baton_trainer.tables.table import Table


@dataclass(frozen=True)
class Report:
    """All that is measured.

    Attributes:
        cross_validation: on the rows to learn from.
        held_out: what the fitted pipeline says of the others.
        figures: of `held_out`, by name.
        intervals: where these lie with 95 % confidence; not of all of them.
        thresholds: None where there are more than two classes.
        slices: of all rows, each judged by a model that did not learn from it; the weakest first.
        sliced_roc_auc: of all these rows together.
        importances: the most important column first.
    """

    cross_validation: CrossValidation
    held_out: Outcome
    figures: Mapping[str, float]
    intervals: Mapping[str, Interval]
    thresholds: Thresholds | None
    slices: tuple[SliceFigures, ...]
    sliced_roc_auc: float
    importances: tuple[Importance, ...]

    @property
    def metrics(self) -> dict[str, float]:
        """By name: `cv_*` from cross-validation, `test_*` on the held-out rows.

        `*_std` is a standard deviation over folds; `*_ci_low` and `*_ci_high` bound an interval.
        """
        cv = self.cross_validation
        found = {f"cv_{name}": value for name, value in cv.means.items()}
        found |= {f"cv_{name}_std": value for name, value in cv.spreads.items()}
        found |= _name_bounds("cv", cv.intervals)
        found |= {f"test_{name}": value for name, value in self.figures.items()}
        found |= _name_bounds("test", self.intervals)
        if self.thresholds:
            found |= {
                "cheapest_threshold": self.thresholds.cheapest.at,
                "test_cost": self.thresholds.even_held_out.cost,
                "test_cheapest_cost": self.thresholds.cheapest_held_out.cost,
            }
        if self.slices:
            found["weakest_slice_roc_auc"] = self.slices[0].roc_auc
        return found


def build_report(table: Table, cv: CrossValidation, judge: Judge, wanted: Train) -> Report:
    """Measures a candidate; `judge` is of the table's held-out rows."""
    held_out, seed = judge.outcome, wanted.seed
    every = _join_outcomes(table, cv.outcome, held_out)
    costs = Costs(wanted.cost_fp, wanted.cost_fn)
    return Report(
        cross_validation=cv,
        held_out=held_out,
        figures=evaluation.compute_metrics(held_out),
        intervals=intervals.compute_intervals(held_out, seed),
        thresholds=compute_thresholds(cv.outcome, held_out, costs) if held_out.is_binary else None,
        slices=slice_figures.compute_figures(every, list_slices(table.features, table.columns)),
        sliced_roc_auc=evaluation.compute_roc_auc(every),
        importances=measure_importances(judge, seed),
    )


def _join_outcomes(table: Table, learned: Outcome, held_out: Outcome) -> Outcome:
    """Both parts as one outcome, in the order of the table's rows."""
    probabilities = np.empty((len(table.target), len(table.classes)))
    probabilities[~table.held_out] = learned.probabilities
    probabilities[table.held_out] = held_out.probabilities
    return Outcome.from_labels(table.classes, table.target, probabilities, table.positive)


def _name_bounds(prefix: str, found: Mapping[str, Interval]) -> dict[str, float]:
    bounds = {}
    for name, (low, high) in found.items():
        bounds[f"{prefix}_{name}_ci_low"] = low
        bounds[f"{prefix}_{name}_ci_high"] = high
    return bounds
