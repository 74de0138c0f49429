"""The tables of a model card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from baton_registry.versions.schema import Column
from baton_trainer.cards.bars import describe_importance
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.outcome import Metric
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.slices import SliceMetrics
from baton_trainer.tables.table import Table

MAX_LINES = 15
"""Of a table that is sorted by importance or weakness."""

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


def build_column_grid(table: Table) -> Grid:
    """Type, missing values and contents of each column."""
    rows = []
    for column in table.columns:
        values = table.features[column.name]
        missing = values.isna().mean()
        share = f"{missing:.1%}" if missing else "none"
        is_private = column.name in table.private_columns
        contents = "private" if is_private else _describe_values(column, values.dropna())
        rows.append((column.name, column.type, share, contents))
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


def build_figure_grid(report: Report, titles: Mapping[str, str]) -> Grid:
    """The metrics, cross-validated and held out, with intervals of 95 %."""
    metric = report.held_out.metric
    means, intervals = report.cross_validation.means, report.cross_validation.intervals
    return Grid(
        ("metric", "cross-validated", "held out"),
        [
            (
                words,
                format_figure(metric, means[name], intervals.get(name)),
                format_figure(metric, report.held_out_metrics[name], report.intervals.get(name)),
            )
            for name, words in titles.items()
        ],
    )


def build_importance_grid(report: Report) -> Grid:
    """The most important columns."""
    metric = report.held_out.metric
    return Grid(
        ("column", describe_importance(metric)),
        [
            (each.column, f"{metric.format_value(each.drop)} ± {metric.format_value(each.spread)}")
            for each in report.importances[:MAX_LINES]
        ],
    )


def name_slice(part: SliceMetrics) -> str:
    """Returns the name of a slice, and the columns with the same rows."""
    return part.name + (f" (the same rows: {', '.join(part.also)})" if part.also else "")


def format_slice(metric: Metric, part: SliceMetrics) -> str:
    """Formats the metric of a slice, with its interval."""
    return format_figure(metric, part.quality, part.interval)


def format_figure(metric: Metric, value: float, interval: Interval | None) -> str:
    """Formats a figure, with its interval if it has one."""
    bounds = " to ".join(map(metric.format_value, interval or ()))
    return metric.format_value(value) + (f" ({bounds})" if bounds else "")
