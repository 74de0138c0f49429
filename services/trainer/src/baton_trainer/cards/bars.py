"""Plots of columns by importance, and of slices by the metric."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from baton_trainer.cards.style import COLOURS, QUIET, format_amounts, shorten
from baton_trainer.evaluation.importance import Importance
from baton_trainer.evaluation.outcome import Metric
from baton_trainer.evaluation.slices import SliceMetrics

MAX_BARS = 15
"""More lines make a plot hard to read."""

_MAX_NAME = 34
_MIN_LINES = 6


def draw_importance(axes: Axes, importances: tuple[Importance, ...], metric: Metric) -> None:
    """A bar for each of the most important columns, the first on top."""
    bars = importances[:MAX_BARS][::-1]
    drops = [bar.drop for bar in bars]
    spreads = [bar.spread for bar in bars]
    axes.barh(range(len(bars)), drops, color=COLOURS[0], height=0.7)
    axes.errorbar(drops, range(len(bars)), xerr=spreads, fmt="none", ecolor="#0f172a", capsize=3)
    _name_lines(axes, [shorten(bar.column, _MAX_NAME) for bar in bars])
    if metric.has_unit:
        format_amounts(axes.xaxis)
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set(
        title=_format_title("Columns by importance", len(importances)),
        xlabel=f"{describe_importance(metric)} when the column is shuffled",
    )


def describe_importance(metric: Metric) -> str:
    """Names the unit of importance: `ROC AUC lost`, `RMSE added`."""
    return f"{metric.title} {'added' if metric.is_loss else 'lost'}"


def draw_slices(
    axes: Axes, slices: tuple[SliceMetrics, ...], all_rows: float, metric: Metric
) -> None:
    """A dot with its interval for each of the weakest slices, the first on top."""
    dots = slices[:MAX_BARS][::-1]
    values = np.array([dot.quality for dot in dots])
    reach = np.abs(np.array([dot.interval for dot in dots]).T - values)
    axes.errorbar(values, range(len(dots)), xerr=reach, fmt="o", color=COLOURS[0], capsize=3)
    names = [f"{shorten(dot.name, _MAX_NAME)}  ({dot.rows:,})" for dot in dots]
    _name_lines(axes, names)
    if metric.has_unit:
        format_amounts(axes.xaxis)
    label = f"all rows  {metric.format_short(all_rows)}"
    axes.axvline(all_rows, color=COLOURS[1], linewidth=1.5, label=label)
    axes.set(
        title=_format_title(f"Slices by {metric.title}, weakest first", len(slices)),
        xlabel=f"{metric.title} with its 95 % interval; number of rows in brackets",
    )
    axes.legend(loc="best")


def _name_lines(axes: Axes, names: list[str]) -> None:
    """Names the lines from the bottom up; a few lines do not fill the plot."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(min(-0.6, len(names) - _MIN_LINES - 0.4), len(names) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(6))


def _format_title(text: str, count: int) -> str:
    return text if count <= MAX_BARS else f"{text} ({MAX_BARS} of {count})"
