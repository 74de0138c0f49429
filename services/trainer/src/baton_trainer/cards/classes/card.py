"""The parts of a classifier's model card."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from baton_trainer.cards.classes import costs, curves
from baton_trainer.cards.classes.thresholds import build_threshold_values
from baton_trainer.cards.grids import MAX_LINES, Grid, format_slice, name_slice
from baton_trainer.cards.style import Draw
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.classes.per_class import ClassMetrics, compute_class_metrics
from baton_trainer.evaluation.classes.slice_metrics import MIN_ROWS, ClassSliceMetrics
from baton_trainer.evaluation.report import Report
from baton_trainer.tables.table import Table

FEW_TRAINING_ROWS = 100
"""Of one class."""
LARGE_CALIBRATION_ERROR = 0.05
"""The mean distance between probability and observed share."""


class ClassParts:
    """Implements `TaskParts`."""

    template = "classes.md.j2"
    titles: Mapping[str, str] = {
        "roc_auc": "ROC AUC",
        "pr_auc": "PR AUC (average precision)",
        "log_loss": "log loss",
        "brier": "Brier score",
        "ece": "expected calibration error",
        "accuracy": "accuracy",
        "f1": "F1",
    }

    def __init__(self, report: Report, outcome: ClassOutcome) -> None:
        self.report, self.outcome = report, outcome
        self.slices = [each for each in report.slices if isinstance(each, ClassSliceMetrics)]

    def list_plots(self) -> Mapping[str, Draw]:
        """Lists `roc`, `precision_recall`, `calibration`, `confusion` and `scores`.

        With two classes also `costs`.
        """
        outcome, thresholds = self.outcome, self.report.thresholds
        plots: dict[str, Draw] = {
            "roc": lambda axes: curves.draw_roc(axes, outcome),
            "precision_recall": lambda axes: curves.draw_precision_recall(axes, outcome),
            "calibration": lambda axes: curves.draw_calibration(axes, outcome),
            "confusion": lambda axes: curves.draw_confusion(axes, outcome),
            "scores": lambda axes: curves.draw_scores(axes, outcome),
        }
        if thresholds:
            plots["costs"] = lambda axes: costs.draw_costs(axes, thresholds)
        return plots

    def describe_target(self, table: Table) -> str:
        """Names the classes."""
        return f"{table.target.name}; classes: {'; '.join(map(str, table.classes))}"

    def build_target_grid(self, table: Table) -> Grid:
        """Counts the training rows and held-out rows of each class."""
        return build_class_grid(table)

    def build_slice_grid(self) -> Grid:
        """Returns the weakest slices."""
        is_binary = self.outcome.is_binary
        rows = []
        for part in self.slices[:MAX_LINES]:
            figure = format_slice(self.outcome.metric, part)
            row = (name_slice(part), f"{part.rows:,}", figure, f"{part.accuracy:.1%}")
            rows.append(
                (*row, f"{part.predicted:.1%}", f"{part.observed:.1%}") if is_binary else row
            )
        heads = ("slice", "rows", self.outcome.metric.title, "accuracy")
        return Grid((*heads, "predicted", "observed") if is_binary else heads, rows)

    def list_tables(self) -> Mapping[str, Sequence[Any]]:
        """Lists `thresholds` of two classes, or else `classes`."""
        if self.outcome.is_binary:
            return {"thresholds": self.report.thresholds.steps if self.report.thresholds else ()}
        return {"classes": compute_class_metrics(self.outcome)}

    def build_values(self, table: Table) -> dict[str, Any]:
        """Returns the positive class and the thresholds."""
        return {
            "positive": "" if table.positive is None else str(table.positive),
            "per_class": None if self.outcome.is_binary else build_per_class_grid(self.outcome),
            "min_rows": MIN_ROWS,
            **build_threshold_values(self.report.thresholds),
        }

    def list_table_limitations(self, table: Table) -> Iterator[str]:
        """Names the classes with few rows."""
        counts = table.target[~table.held_out].value_counts()
        few = [f"{label} ({rows})" for label, rows in counts.items() if rows < FEW_TRAINING_ROWS]
        if few:
            yield f"There are few training rows of class {', '.join(sorted(few))}."

    def list_figure_limitations(self) -> Iterator[str]:
        """Says if the probabilities are badly calibrated."""
        if (error := self.report.held_out_metrics["ece"]) > LARGE_CALIBRATION_ERROR:
            yield (
                f"The probabilities are off by {error:.0%} on average: use them to rank rows, not "
                "as shares."
            )


def build_per_class_grid(outcome: ClassOutcome) -> Grid:
    """The metrics of each class against the rest; of many classes, the weakest."""
    metrics = sorted(compute_class_metrics(outcome), key=lambda each: each.f1)
    heads = ("class", "mistaken for", "rows", "ROC AUC", "PR AUC", "precision", "recall", "F1")
    return Grid(
        heads,
        [
            (
                str(each.label),
                _describe_mistake(each),
                f"{each.rows:,}",
                f"{each.roc_auc:.4f}",
                f"{each.pr_auc:.4f}",
                "-" if np.isnan(each.precision) else f"{each.precision:.1%}",
                f"{each.recall:.1%}",
                f"{each.f1:.4f}",
            )
            for each in metrics[:MAX_LINES]
        ],
    )


def _describe_mistake(metrics: ClassMetrics) -> str:
    if metrics.mistaken_for is None:
        return "-"
    return f"{metrics.mistaken_for} ({metrics.mistaken_share:.1%})"


def build_class_grid(table: Table) -> Grid:
    """The number of training rows and held-out rows of each class."""
    training, held_out = (
        table.target[rows].value_counts() for rows in (~table.held_out, table.held_out)
    )
    return Grid(
        ("class", "training rows", "held-out rows"),
        [(str(label), f"{training[label]:,}", f"{held_out[label]:,}") for label in table.classes],
    )
