"""The tables of a model card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from baton_registry.versions.schema import Column
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.slice_metrics import SliceMetrics
from baton_trainer.evaluation.thresholds import Threshold, Thresholds
from baton_trainer.tables.table import Table

MAX_LINES = 15
"""Of a table that is sorted by importance or weakness."""
FIGURES = {
    "roc_auc": "ROC AUC",
    "pr_auc": "PR AUC (average precision)",
    "log_loss": "log loss",
    "brier": "Brier score",
    "ece": "expected calibration error",
    "accuracy": "accuracy",
    "f1": "F1",
}

_MAX_VALUES = 6


@dataclass(frozen=True)
class Grid:
    """A table of the card.

    Attributes:
        heads: the columns' heads.
        rows: a text for each column.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def build_class_grid(table: Table) -> Grid:
    """The number of training rows and held-out rows of each class."""
    training, held_out = (
        table.target[rows].value_counts() for rows in (~table.held_out, table.held_out)
    )
    return Grid(
        ("class", "training rows", "held-out rows"),
        [(str(label), f"{training[label]:,}", f"{held_out[label]:,}") for label in table.classes],
    )


def build_column_grid(table: Table) -> Grid:
    """Type, missing values and contents of each column."""
    rows = []
    for column in table.columns:
        values = table.features[column.name]
        missing = values.isna().mean()
        share = f"{missing:.1%}" if missing else "none"
        rows.append((column.name, column.type, share, _describe_values(column, values.dropna())))
    return Grid(("column", "type", "missing", "values"), rows)


def _describe_values(column: Column, present: pd.Series) -> str:
    """The range of numbers, the most frequent texts."""
    if column.type in ("long", "double"):
        low, middle, high = (f"{each:.6g}" for each in present.quantile([0, 0.5, 1]))
        return f"{low} to {high}, median {middle}"
    shares = present.value_counts(normalize=True)
    frequent = [f"{value} {share:.0%}" for value, share in shares[:_MAX_VALUES].items()]
    more = len(shares) - len(frequent)
    return ", ".join(frequent) + (f" and {more} more" if more else "")


def build_figure_grid(report: Report) -> Grid:
    """The metrics, cross-validated and held out, with intervals of 95 %."""
    means, intervals = report.cross_validation.means, report.cross_validation.intervals
    return Grid(
        ("metric", "cross-validated", "held out"),
        [
            (
                words,
                format_figure(means[name], intervals.get(name)),
                format_figure(report.held_out_metrics[name], report.intervals.get(name)),
            )
            for name, words in FIGURES.items()
        ],
    )


def build_threshold_values(thresholds: Thresholds | None) -> dict[str, Any]:
    """The thresholds and their costs, by the template's names."""
    if thresholds is None:
        return {"thresholds": None}
    heads = ("threshold", "predicted positive", "precision", "recall")
    return {
        "thresholds": Grid(
            (*heads, "false positives", "false negatives", "cost per row"),
            [
                _build_threshold_row(each, is_cheapest=each == thresholds.cheapest)
                for each in thresholds.table
            ],
        ),
        "cost_fp": f"{thresholds.costs.false_positive:g}",
        "cost_fn": f"{thresholds.costs.false_negative:g}",
        "cheapest": f"{thresholds.cheapest.at:g}",
        "cheapest_cost": f"{thresholds.cheapest_held_out.cost:.3g}",
        "even_cost": f"{thresholds.even_held_out.cost:.3g}",
    }


def _build_threshold_row(threshold: Threshold, *, is_cheapest: bool) -> tuple[str, ...]:
    return (
        f"{'cheapest: ' if is_cheapest else ''}{threshold.at:g}",
        f"{threshold.acted_on:.1%}",
        f"{threshold.precision:.1%}" if threshold.acted_on else "-",
        f"{threshold.recall:.1%}",
        f"{threshold.false_positives:,}",
        f"{threshold.false_negatives:,}",
        f"{threshold.cost:.3g}",
    )


def build_slice_grid(report: Report) -> Grid:
    """The weakest slices."""
    is_binary = report.held_out.is_binary
    rows = []
    for part in report.slices[:MAX_LINES]:
        also = f" (the same rows: {', '.join(part.also)})" if part.also else ""
        row = (part.name + also, f"{part.rows:,}", format_slice_auc(part), f"{part.accuracy:.1%}")
        rows.append((*row, f"{part.predicted:.1%}", f"{part.observed:.1%}") if is_binary else row)
    heads = ("slice", "rows", "ROC AUC", "accuracy")
    return Grid((*heads, "predicted", "observed") if is_binary else heads, rows)


def build_importance_grid(report: Report) -> Grid:
    """The most important columns."""
    return Grid(
        ("column", "ROC AUC lost"),
        [
            (each.column, f"{each.drop:.4f} ± {each.spread:.4f}")
            for each in report.importances[:MAX_LINES]
        ],
    )


def format_slice_auc(part: SliceMetrics) -> str:
    """Formats the ROC AUC of a slice, with its interval."""
    return format_figure(part.roc_auc, part.interval)


def format_figure(value: float, interval: Interval | None) -> str:
    """Formats a figure, with its interval if it has one."""
    return f"{value:.4f}" + (f" ({interval[0]:.4f} to {interval[1]:.4f})" if interval else "")
