"""Plots of columns by importance, slices by ROC AUC, and cost by threshold."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from baton_trainer.cards.curves import COLOURS, QUIET, shorten
from baton_trainer.evaluation.importance import Importance
from baton_trainer.evaluation.slice_metrics import SliceMetrics
from baton_trainer.evaluation.thresholds import Thresholds

MAX_BARS = 15
"""More lines make a plot hard to read."""

_MAX_NAME = 34
_MIN_LINES = 6


def draw_importance(axes: Axes, importances: tuple[Importance, ...]) -> None:
    """A bar for each of the most important columns, the first on top."""
    bars = importances[:MAX_BARS][::-1]
    drops = [bar.drop for bar in bars]
    spreads = [bar.spread for bar in bars]
    axes.barh(range(len(bars)), drops, color=COLOURS[0], height=0.7)
    axes.errorbar(drops, range(len(bars)), xerr=spreads, fmt="none", ecolor="#0f172a", capsize=3)
    _name_lines(axes, [shorten(bar.column, _MAX_NAME) for bar in bars])
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set(
        title=_format_title("Columns by importance", len(importances)),
        xlabel="ROC AUC lost when the column is shuffled",
    )


def draw_slices(axes: Axes, slices: tuple[SliceMetrics, ...], all_rows_auc: float) -> None:
    """A dot with its interval for each of the weakest slices, the first on top."""
    dots = slices[:MAX_BARS][::-1]
    aucs = np.array([dot.roc_auc for dot in dots])
    reach = np.abs(np.array([dot.interval for dot in dots]).T - aucs)
    axes.errorbar(aucs, range(len(dots)), xerr=reach, fmt="o", color=COLOURS[0], capsize=3)
    names = [f"{shorten(dot.name, _MAX_NAME)}  ({dot.rows:,})" for dot in dots]
    _name_lines(axes, names)
    label = f"all rows  {all_rows_auc:.3f}"
    axes.axvline(all_rows_auc, color=COLOURS[1], linewidth=1.5, label=label)
    axes.set(
        title=_format_title("Slices by ROC AUC, weakest first", len(slices)),
        xlabel="ROC AUC with its 95 % interval; number of rows in brackets",
    )
    axes.legend(loc="best")


def draw_costs(axes: Axes, thresholds: Thresholds) -> None:
    """The cost at each threshold, with the cheapest one and the one of the label marked."""
    price, cheapest = thresholds.costs, thresholds.cheapest
    at, cost = zip(*((each.at, each.cost) for each in thresholds.steps), strict=True)
    axes.plot(at, cost, color=COLOURS[0], linewidth=2)
    label = f"cheapest: {cheapest.cost:.3g} at {cheapest.at:.3g}"
    axes.plot([cheapest.at], [cheapest.cost], "o", color=COLOURS[1], markersize=8, label=label)
    even = thresholds.steps[len(thresholds.steps) // 2]
    label = f"served label: {even.cost:.3g} at {even.at:.3g}"
    axes.plot([even.at], [even.cost], "s", color=QUIET, markersize=7, label=label)
    axes.set(
        title="Cost by threshold: "
        f"false positive {price.false_positive:g}, false negative {price.false_negative:g}",
        xlabel="Threshold",
        ylabel="Cross-validated cost per row",
        xlim=(0, 1),
        ylim=(0, None),
    )
    axes.legend(loc="best")


def _name_lines(axes: Axes, names: list[str]) -> None:
    """Names the lines from the bottom up; a few lines do not fill the plot."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(min(-0.6, len(names) - _MIN_LINES - 0.4), len(names) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(6))


def _format_title(text: str, count: int) -> str:
    return text if count <= MAX_BARS else f"{text} ({MAX_BARS} of {count})"
