"""The table of decision thresholds."""

from typing import Any

from baton_trainer.cards.grids import Grid
from baton_trainer.evaluation.classes.thresholds import Threshold, Thresholds


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
