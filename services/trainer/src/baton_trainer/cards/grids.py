"""The tables of a model card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from baton_registry.versions.schema import Column
from baton_trainer.cards.bars import describe_importance
from baton_trainer.evaluation.intervals import Interval
from baton_trainer.evaluation.outcome import Metric, format_like
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.slices import SliceMetrics
from baton_trainer.evaluation.values.metrics import WITHOUT_UNIT
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
    means, intervals = report.cross_validation.means, report.cross_validation.intervals
    return Grid(
        ("metric", "cross-validated", "held out"),
        [
            (
                words,
                _format_metric(report, name, means[name], intervals.get(name)),
                _format_metric(
                    report, name, report.held_out_metrics[name], report.intervals.get(name)
                ),
            )
            for name, words in titles.items()
        ],
    )


def _format_metric(report: Report, name: str, value: float, interval: Interval | None) -> str:
    """Formats a figure: those in the unit of the target with the same decimals."""
    metric = report.held_out.metric
    if not metric.has_unit or name in WITHOUT_UNIT:
        return _join(f"{value:.4f}", (f"{each:.4f}" for each in interval or ()))
    like = report.held_out.quality
    return _join(format_like(value, like), (format_like(each, like) for each in interval or ()))


def build_importance_grid(report: Report) -> Grid:
    """The most important columns."""
    metric = report.held_out.metric
    shown = report.importances[:MAX_LINES]
    largest = max((abs(each.drop) for each in shown), default=0.0)

    def write(value: float) -> str:
        return format_like(value, largest) if metric.has_unit else metric.format_value(value)

    return Grid(
        ("column", describe_importance(metric)),
        [(each.column, f"{write(each.drop)} ± {write(each.spread)}") for each in shown],
    )


def name_slice(part: SliceMetrics) -> str:
    """Returns the name of a slice, and the columns with the same rows."""
    return part.name + (f" (the same rows: {', '.join(part.also)})" if part.also else "")


def format_slice(metric: Metric, part: SliceMetrics) -> str:
    """Formats the metric of a slice, with its interval."""
    return format_figure(metric, part.quality, part.interval)


def format_figure(metric: Metric, value: float, interval: Interval | None) -> str:
    """Formats a figure, with its interval if it has one."""
    return _join(metric.format_value(value), map(metric.format_value, interval or ()))


def _join(text: str, bounds: Iterable[str]) -> str:
    brackets = " to ".join(bounds)
    return text + (f" ({brackets})" if brackets else "")
