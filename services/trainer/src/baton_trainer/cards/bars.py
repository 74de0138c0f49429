"""The pictures of what columns, categories and errors are worth."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from baton_trainer.cards.curves import COLOURS, QUIET, short
from baton_trainer.evaluation.importance import Importance
from baton_trainer.evaluation.slice_figures import SliceFigures
from baton_trainer.evaluation.thresholds import Thresholds

MAX_BARS = 15
"""More lines in a picture are not read."""

_LONGEST = 34
_LEAST_LINES = 6


def importance(axes: Axes, found: tuple[Importance, ...]) -> None:
    """A bar for each of the most important columns, the first on top."""
    shown = found[:MAX_BARS][::-1]
    drops = [each.drop for each in shown]
    spreads = [each.spread for each in shown]
    axes.barh(range(len(shown)), drops, color=COLOURS[0], height=0.7)
    axes.errorbar(drops, range(len(shown)), xerr=spreads, fmt="none", ecolor="#0f172a", capsize=3)
    _lines(axes, [short(each.column, _LONGEST) for each in shown])
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=QUIET, linewidth=1)
    axes.set(
        title=_title("Columns by importance", len(found)),
        xlabel="ROC AUC lost where the column is shuffled",
    )


def slices(axes: Axes, found: tuple[SliceFigures, ...], whole: float) -> None:
    """A dot with its interval for each of the weakest slices, the first on top."""
    shown = found[:MAX_BARS][::-1]
    aucs = np.array([each.roc_auc for each in shown])
    reach = np.abs(np.array([each.interval for each in shown]).T - aucs)
    axes.errorbar(aucs, range(len(shown)), xerr=reach, fmt="o", color=COLOURS[0], capsize=3)
    names = [f"{short(each.name, _LONGEST)}  ({each.rows:,})" for each in shown]
    _lines(axes, names)
    axes.axvline(whole, color=COLOURS[1], linewidth=1.5, label=f"all rows  {whole:.3f}")
    axes.set(
        title=_title("Slices by ROC AUC, weakest first", len(found)),
        xlabel="ROC AUC, with its 95 % interval; rows in brackets",
    )
    axes.legend(loc="best")


def costs(axes: Axes, found: Thresholds) -> None:
    """What errors cost at each threshold, and where they cost least."""
    price, cheapest = found.costs, found.cheapest
    at, cost = zip(*((each.at, each.cost) for each in found.steps), strict=True)
    axes.plot(at, cost, color=COLOURS[0], linewidth=2)
    label = f"cheapest: {cheapest.cost:.3g} at {cheapest.at:.3g}"
    axes.plot([cheapest.at], [cheapest.cost], "o", color=COLOURS[1], markersize=8, label=label)
    even = found.steps[len(found.steps) // 2]
    label = f"as served: {even.cost:.3g} at {even.at:.3g}"
    axes.plot([even.at], [even.cost], "s", color=QUIET, markersize=7, label=label)
    axes.set(
        title="Cost by threshold: "
        f"{price.false_positive:g} a false positive, {price.false_negative:g} a false negative",
        xlabel="Threshold",
        ylabel="Cost for each row, cross-validated",
        xlim=(0, 1),
        ylim=(0, None),
    )
    axes.legend(loc="best")


def _lines(axes: Axes, names: list[str]) -> None:
    """Names the lines from the bottom up; a few of them do not fill the picture."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(min(-0.6, len(names) - _LEAST_LINES - 0.4), len(names) - 0.4)
    axes.xaxis.set_major_locator(MaxNLocator(6))


def _title(text: str, count: int) -> str:
    return text if count <= MAX_BARS else f"{text} ({MAX_BARS} of {count})"
