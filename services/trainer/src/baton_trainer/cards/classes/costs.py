"""The plot of the cost by threshold."""

from matplotlib.axes import Axes

from baton_trainer.cards.style import COLOURS, QUIET
from baton_trainer.evaluation.classes.thresholds import Thresholds


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
