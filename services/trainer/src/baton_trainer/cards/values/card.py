"""The parts of a regression's model card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from baton_trainer.cards.grids import MAX_LINES, Grid, format_slice, name_slice
from baton_trainer.cards.style import Draw
from baton_trainer.cards.values import plots
from baton_trainer.evaluation.outcome import format_amount
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.values.metrics import compute_rmse
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.evaluation.values.slice_metrics import MIN_ROWS, ValueSliceMetrics
from baton_trainer.tables.table import Table

LARGE_BIAS = 0.1
"""Of the RMSE: above this, a mean error is a limitation."""
FEW_ROWS, LARGE_SHARE = 0.01, 0.5
"""If this share of the rows has this share of the squared error, it is a limitation."""


class ValueParts:
    """Implements `TaskParts`."""

    template = "values.md.j2"
    titles: Mapping[str, str] = {
        "rmse": "RMSE (root mean squared error)",
        "mae": "MAE (mean absolute error)",
        "median_ae": "median absolute error",
        "r2": "R²",
        "bias": "mean error",
    }

    def __init__(self, report: Report, outcome: ValueOutcome) -> None:
        self.report, self.outcome = report, outcome
        self.slices = [each for each in report.slices if isinstance(each, ValueSliceMetrics)]

    def list_plots(self) -> Mapping[str, Draw]:
        """Lists `predicted`, `residuals`, `errors` and `calibration`."""
        outcome = self.outcome
        return {
            "predicted": lambda axes: plots.draw_predicted(axes, outcome),
            "residuals": lambda axes: plots.draw_residuals(axes, outcome),
            "errors": lambda axes: plots.draw_errors(axes, outcome),
            "calibration": lambda axes: plots.draw_calibration(axes, outcome),
        }

    def describe_target(self, table: Table) -> str:
        """Says that it is a number."""
        return f"{table.target.name}; a number (regression)"

    def build_target_grid(self, table: Table) -> Grid:
        """Describes the values of the training rows and of the held-out rows."""
        sides = {"training": ~table.held_out, "held out": table.held_out}
        heads = ("rows", "mean", "standard deviation", "minimum", "median", "maximum")
        return Grid(
            ("target", *heads),
            [(name, *_describe_values(table.target[rows])) for name, rows in sides.items()],
        )

    def build_slice_grid(self) -> Grid:
        """Returns the weakest slices."""
        metric = self.outcome.metric
        heads = ("slice", "rows", metric.title, "MAE", "share of squared error")
        return Grid(
            (*heads, "mean predicted", "mean actual"),
            [
                (
                    name_slice(part),
                    f"{part.rows:,}",
                    format_slice(metric, part),
                    format_amount(part.mae),
                    f"{part.error_share:.1%}",
                    format_amount(part.predicted),
                    format_amount(part.observed),
                )
                for part in self.slices[:MAX_LINES]
            ],
        )

    def list_tables(self) -> Mapping[str, Sequence[Any]]:
        """Lists none."""
        return {}

    def build_values(self, table: Table) -> dict[str, Any]:
        """Returns the error without a model, and quantiles of the errors."""
        mean = table.target[~table.held_out].mean()
        low, high = np.quantile(self.outcome.errors, [0.05, 0.95])
        return {
            "min_rows": MIN_ROWS,
            "constant_rmse": format_amount(compute_rmse(self.outcome.truth - mean)),
            "low_error": format_amount(low),
            "high_error": format_amount(high),
        }

    def list_table_limitations(self, table: Table) -> Iterator[str]:
        """Names the range of the target."""
        values = table.target[~table.held_out]
        low, high = format_amount(values.min()), format_amount(values.max())
        yield f"In training, the target was between {low} and {high}. Do not rely on values beyond."

    def list_figure_limitations(self) -> Iterator[str]:
        """Says if the errors have a direction, or depend on a few rows."""
        errors, rmse = self.outcome.errors, self.outcome.quality
        bias = float(errors.mean())
        if abs(bias) > LARGE_BIAS * rmse:
            direction = "high" if bias > 0 else "low"
            yield f"Predictions are on average {format_amount(abs(bias))} too {direction}."
        largest = np.sort(np.square(errors))[::-1][: int(np.ceil(FEW_ROWS * len(errors)))]
        if largest.sum() > LARGE_SHARE * np.square(errors).sum():
            share = largest.sum() / np.square(errors).sum()
            yield (
                f"{len(largest):,} of {len(errors):,} held-out rows have {share:.0%} of the "
                "squared error: RMSE and R² depend on few rows; see also the median error."
            )


def _describe_values(values: pd.Series) -> tuple[str, ...]:
    figures = values.mean(), values.std(ddof=0), values.min(), values.median(), values.max()
    return f"{len(values):,}", *map(format_amount, figures)
