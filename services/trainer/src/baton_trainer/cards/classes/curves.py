"""Plots of a classifier's predictions on the held-out rows."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from baton_registry.versions.output_schema import Label
from baton_trainer.cards.style import COLOURS, QUIET, shorten_all
from baton_trainer.evaluation.classes.metrics import compute_reliability
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.outcome import Floats

MAX_CURVES = 8
"""More curves in a plot look alike."""

_MAX_CELL_TEXTS = 12
_MAX_LARGE_LINES = 4
_MAX_SMALL_MATRIX, _LARGE = 6, (9.0, 8.0)
_MAX_TICK_LETTERS = 50
_SCORE_BINS = 40
_Curve = tuple[str, NDArray[np.int_], Floats, str]


def _list_curves(outcome: ClassOutcome) -> list[_Curve]:
    """Class, truth, score and colour of each curve, the most frequent classes first."""
    truth, scores = outcome.indicator, outcome.scores
    # Matplotlib leaves a label that begins with an underscore out of the legend.
    names = [f"class {each}" for each in shorten_all(_list_shown(outcome))]
    order = np.argsort(-truth.sum(axis=0), kind="stable")[:MAX_CURVES]
    return [
        (names[each], truth[:, each], scores[:, each], colour)
        for each, colour in zip(order, COLOURS, strict=False)
    ]


def _list_shown(outcome: ClassOutcome) -> list[Label]:
    return [outcome.classes[each] for each in outcome.shown_classes]


def draw_roc(axes: Axes, outcome: ClassOutcome) -> None:
    """A curve for each class."""
    axes.plot([0, 1], [0, 1], "--", color=QUIET, linewidth=1)
    for name, truth, score, colour in _list_curves(outcome):
        false_rate, true_rate, _ = roc_curve(truth, score)
        label = f"{name}  (area {roc_auc_score(truth, score):.3f})"
        axes.plot(false_rate, true_rate, color=colour, linewidth=2, label=label)
    _set_unit_square(axes, outcome, "ROC", "False positive rate", "True positive rate")
    _draw_legend(axes, "lower right")


def draw_precision_recall(axes: Axes, outcome: ClassOutcome) -> None:
    """A curve for each class, and its share as a dashed line: the precision of a random guess."""
    for name, truth, score, colour in _list_curves(outcome):
        precision, recall, _ = precision_recall_curve(truth, score, drop_intermediate=True)
        label = f"{name}  (average precision {average_precision_score(truth, score):.3f})"
        axes.plot(recall, precision, color=colour, linewidth=2, label=label)
        axes.axhline(truth.mean(), linestyle="--", color=colour, alpha=0.4, linewidth=1)
    _set_unit_square(axes, outcome, "Precision and recall", "Recall", "Precision")
    _draw_legend(axes, "best")


def draw_calibration(axes: Axes, outcome: ClassOutcome) -> None:
    """A point for each group of rows; for two classes with its 95 % interval."""
    axes.plot([0, 1], [0, 1], "--", color=QUIET, linewidth=1)
    for name, truth, score, colour in _list_curves(outcome):
        groups = compute_reliability(truth, score)
        label = f"{name}  (error {groups.error:.3f})"
        axes.plot(groups.predicted, groups.observed, "o-", color=colour, markersize=5, label=label)
        if outcome.is_binary:
            low, high = _compute_wilson_interval(groups.observed, groups.rows)
            reach = np.abs(np.stack([low, high]) - groups.observed)
            axes.errorbar(
                groups.predicted, groups.observed, reach, fmt="none", ecolor=colour, alpha=0.5
            )
    _set_unit_square(axes, outcome, "Calibration", "Predicted probability", "Observed share")
    _draw_legend(axes, "upper left")


def _draw_legend(axes: Axes, place: Literal["best", "lower right", "upper left"]) -> None:
    """A smaller one for many curves, so that it covers less of them."""
    is_long = len(axes.get_legend_handles_labels()[1]) > _MAX_LARGE_LINES
    axes.legend(loc=place, fontsize="small" if is_long else "medium")


def _compute_wilson_interval(share: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """95 % intervals of shares: Wilson 1927, doi:10.1080/01621459.1927.10502953."""
    z2_by_n = 1.96**2 / rows
    centre = (share + z2_by_n / 2) / (1 + z2_by_n)
    reach = np.sqrt(share * (1 - share) * z2_by_n + z2_by_n**2 / 4) / (1 + z2_by_n)
    return centre - reach, centre + reach


def _set_unit_square(
    axes: Axes, outcome: ClassOutcome, what: str, x_label: str, y_label: str
) -> None:
    classes = len(outcome.shown_classes)
    some = f" ({MAX_CURVES} of {classes} classes)" if classes > MAX_CURVES else ""
    axes.set(title=f"{what} on held-out rows{some}", xlabel=x_label, ylabel=y_label)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def draw_confusion(axes: Axes, outcome: ClassOutcome) -> None:
    """The number of rows of each class that get each label, and their share of the class."""
    count = len(outcome.classes)
    counts = confusion_matrix(outcome.truth, outcome.predictions, labels=range(count))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set(title="Confusion matrix on held-out rows", xlabel="Predicted", ylabel="True")
    names = shorten_all(outcome.classes)
    is_crowded = count * max(map(len, names)) > _MAX_TICK_LETTERS
    axes.set_xticks(range(count), names, rotation=90 if is_crowded else 0)
    axes.set_yticks(range(count), names)
    if count > _MAX_SMALL_MATRIX and (figure := axes.get_figure(root=True)) is not None:
        figure.set_size_inches(_LARGE)
    if count <= _MAX_CELL_TEXTS:
        _write_cells(axes, counts, shares)


def draw_scores(axes: Axes, outcome: ClassOutcome) -> None:
    """The distribution of probabilities: by true class if there are two, else by right label."""
    if outcome.is_binary:
        scores, parts = outcome.scores[:, 0], outcome.indicator[:, 0] == 0
        classes = shorten_all(outcome.classes)
        positive, other = classes[outcome.positive], classes[1 - outcome.positive]
        names, what = (f"true class {other}", f"true class {positive}"), f"of {positive}"
    else:
        scores, parts = outcome.probabilities.max(axis=1), outcome.predictions == outcome.truth
        names, what = ("right label", "wrong label"), "of the label"
    for name, rows, colour in zip(names, (parts, ~parts), COLOURS, strict=False):
        label = f"{name}  ({rows.sum():,} rows)"
        axes.hist(
            scores[rows], bins=_SCORE_BINS, range=(0, 1), color=colour, alpha=0.55, label=label
        )
    axes.set(title="Probabilities on held-out rows", xlabel=f"Probability {what}", ylabel="Rows")
    axes.set_xlim(0, 1)
    axes.legend(loc="best")


def _write_cells(axes: Axes, counts: NDArray[np.int_], shares: Floats) -> None:
    half = 0.5
    size = "medium" if len(counts) <= len(COLOURS) else "small"
    for row, column in np.argwhere(counts):
        share = shares[row, column]
        colour = "white" if share > half else "#0f172a"
        text = f"{counts[row, column]:,}\n{share:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, size=size)
