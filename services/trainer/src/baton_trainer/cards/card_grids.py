"""The tables of a model card."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from baton_registry.versions.schema import Column
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.slice_figures import SliceFigures
from baton_trainer.evaluation.thresholds import Threshold, Thresholds
from baton_trainer.tables.table import Table

MAX_LINES = 15
"""Of a table that is sorted by what matters; more are not read."""
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
        heads: of its columns.
        rows: a text for each column.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def class_rows(table: Table) -> Grid:
    """How many rows of each class are learned from and held out."""
    learned, held_out = (
        table.target[rows].value_counts() for rows in (~table.held_out, table.held_out)
    )
    return Grid(
        ("class", "rows to learn from", "held-out rows"),
        [(str(each), f"{learned[each]:,}", f"{held_out[each]:,}") for each in table.classes],
    )


def columns(table: Table) -> Grid:
    """What each column holds."""
    rows = []
    for column in table.columns:
        values = table.features[column.name]
        missing = values.isna().mean()
        share = f"{missing:.1%}" if missing else "none"
        rows.append((column.name, column.type, share, _values(column, values.dropna())))
    return Grid(("column", "type", "missing", "values"), rows)


def _values(column: Column, present: pd.Series) -> str:
    """The range of numbers, the most frequent texts."""
    if column.type in ("long", "double"):
        low, middle, high = (f"{each:.6g}" for each in present.quantile([0, 0.5, 1]))
        return f"{low} to {high}, median {middle}"
    shares = present.value_counts(normalize=True)
    shown = [f"{value} {share:.0%}" for value, share in shares[:_MAX_VALUES].items()]
    more = len(shares) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def figures(report: Report) -> Grid:
    """What is measured, with intervals of 95 %."""
    means, intervals = report.cross_validation.means, report.cross_validation.intervals
    return Grid(
        ("", "cross-validated", "held out"),
        [
            (
                words,
                with_interval(means[name], intervals.get(name)),
                with_interval(report.figures[name], report.intervals.get(name)),
            )
            for name, words in FIGURES.items()
        ],
    )


def of_thresholds(found: Thresholds | None) -> dict[str, Any]:
    """The thresholds and their costs, by the names of the template; None where there are none."""
    if found is None:
        return {"thresholds": None}
    heads = ("threshold", "acted on", "precision", "recall")
    return {
        "thresholds": Grid(
            (*heads, "false positives", "false negatives", "cost for each row"),
            [_threshold(each, is_cheapest=each == found.cheapest) for each in found.table],
        ),
        "cost_fp": f"{found.costs.false_positive:g}",
        "cost_fn": f"{found.costs.false_negative:g}",
        "cheapest": f"{found.cheapest.at:g}",
        "cheapest_cost": f"{found.cheapest_held_out.cost:.3g}",
        "even_cost": f"{found.even_held_out.cost:.3g}",
    }


def _threshold(each: Threshold, *, is_cheapest: bool) -> tuple[str, ...]:
    return (
        f"{'cheapest: ' if is_cheapest else ''}{each.at:g}",
        f"{each.acted_on:.1%}",
        f"{each.precision:.1%}" if each.acted_on else "-",
        f"{each.recall:.1%}",
        f"{each.false_positives:,}",
        f"{each.false_negatives:,}",
        f"{each.cost:.3g}",
    )


def slices(report: Report) -> Grid:
    """The weakest slices."""
    is_binary = report.held_out.is_binary
    rows = []
    for each in report.slices[:MAX_LINES]:
        also = f" (the same rows: {', '.join(each.also)})" if each.also else ""
        row = (each.name + also, f"{each.rows:,}", slice_auc(each), f"{each.accuracy:.1%}")
        rows.append((*row, f"{each.predicted:.1%}", f"{each.observed:.1%}") if is_binary else row)
    heads = ("slice", "rows", "ROC AUC", "accuracy")
    return Grid((*heads, "predicted", "observed") if is_binary else heads, rows)


def importances(report: Report) -> Grid:
    """The most important columns."""
    return Grid(
        ("column", "ROC AUC lost"),
        [
            (each.column, f"{each.drop:.4f} ± {each.spread:.4f}")
            for each in report.importances[:MAX_LINES]
        ],
    )


def slice_auc(part: SliceFigures) -> str:
    """The ROC AUC of a slice, with its interval."""
    return with_interval(part.roc_auc, part.interval)


def with_interval(value: float, interval: Interval | None) -> str:
    """A figure, with its interval if it has one."""
    return f"{value:.4f}" + (f" ({interval[0]:.4f} to {interval[1]:.4f})" if interval else "")
