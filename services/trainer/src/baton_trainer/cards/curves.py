"""The pictures of what was said of the held-out rows."""

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

from baton_registry.versions.schema import Label
from baton_trainer.evaluation.outcome import Floats, Outcome, compute_reliability

MAX_CURVES = 8
"""More curves in a picture cannot be told apart."""

COLOURS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#dc2626", "#0891b2", "#ca8a04", "#64748b")
QUIET = "#94a3b8"

_MAX_CELL_TEXTS = 12
_MAX_TICK_LETTERS = 50
_SCORE_BINS = 40
_Curve = tuple[str, NDArray[np.int_], Floats, str]


def _curves(outcome: Outcome) -> list[_Curve]:
    """Class, truth, score and colour for each curve, the most frequent classes first."""
    truth, scores = outcome.indicator, outcome.scores
    # A label that begins with an underscore would be left out of the legend.
    names = [f"class {short(outcome.classes[each])}" for each in outcome.shown_classes]
    order = np.argsort(-truth.sum(axis=0), kind="stable")[:MAX_CURVES]
    return [
        (names[each], truth[:, each], scores[:, each], colour)
        for each, colour in zip(order, COLOURS, strict=False)
    ]


def roc(axes: Axes, outcome: Outcome) -> None:
    """A curve for each class."""
    axes.plot([0, 1], [0, 1], "--", color=QUIET, linewidth=1)
    for name, truth, score, colour in _curves(outcome):
        false_rate, true_rate, _ = roc_curve(truth, score)
        label = f"{name}  (area {roc_auc_score(truth, score):.3f})"
        axes.plot(false_rate, true_rate, color=colour, linewidth=2, label=label)
    _unit_square(axes, outcome, "ROC", "False positive rate", "True positive rate")
    axes.legend(loc="lower right")


def precision_recall(axes: Axes, outcome: Outcome) -> None:
    """A curve for each class, and as a dashed line its share: what chance would give."""
    for name, truth, score, colour in _curves(outcome):
        precision, recall, _ = precision_recall_curve(truth, score, drop_intermediate=True)
        label = f"{name}  (average precision {average_precision_score(truth, score):.3f})"
        axes.plot(recall, precision, color=colour, linewidth=2, label=label)
        axes.axhline(truth.mean(), linestyle="--", color=colour, alpha=0.4, linewidth=1)
    _unit_square(axes, outcome, "Precision and recall", "Recall", "Precision")
    axes.legend(loc="best")


def calibration(axes: Axes, outcome: Outcome) -> None:
    """A point for each group of rows; for two classes with what chance may do to it."""
    axes.plot([0, 1], [0, 1], "--", color=QUIET, linewidth=1)
    for name, truth, score, colour in _curves(outcome):
        groups = compute_reliability(truth, score)
        label = f"{name}  (error {groups.error:.3f})"
        axes.plot(groups.predicted, groups.observed, "o-", color=colour, markersize=5, label=label)
        if outcome.is_binary:
            low, high = _wilson(groups.observed, groups.rows)
            reach = np.abs(np.stack([low, high]) - groups.observed)
            axes.errorbar(
                groups.predicted, groups.observed, reach, fmt="none", ecolor=colour, alpha=0.5
            )
    _unit_square(axes, outcome, "Calibration", "Predicted probability", "Observed share")
    axes.legend(loc="upper left")


def _wilson(share: Floats, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """95 % intervals of shares: Wilson 1927, doi:10.1080/01621459.1927.10502953."""
    z2_by_n = 1.96**2 / rows
    centre = (share + z2_by_n / 2) / (1 + z2_by_n)
    reach = np.sqrt(share * (1 - share) * z2_by_n + z2_by_n**2 / 4) / (1 + z2_by_n)
    return centre - reach, centre + reach


def _unit_square(axes: Axes, outcome: Outcome, what: str, x_label: str, y_label: str) -> None:
    classes = len(outcome.shown_classes)
    some = f" ({MAX_CURVES} of {classes} classes)" if classes > MAX_CURVES else ""
    axes.set(title=f"{what} on held-out rows{some}", xlabel=x_label, ylabel=y_label)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def confusion(axes: Axes, outcome: Outcome) -> None:
    """How many rows of each class get which label, and which share of the class they are."""
    count = len(outcome.classes)
    counts = confusion_matrix(outcome.truth, outcome.predictions, labels=range(count))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set(title="Confusion on held-out rows", xlabel="Predicted", ylabel="True")
    names = [short(label) for label in outcome.classes]
    is_crowded = count * max(map(len, names)) > _MAX_TICK_LETTERS
    axes.set_xticks(range(count), names, rotation=90 if is_crowded else 0)
    axes.set_yticks(range(count), names)
    if count <= _MAX_CELL_TEXTS:
        _write_cells(axes, counts, shares)


def scores(axes: Axes, outcome: Outcome) -> None:
    """How the probabilities are spread: of two classes by the truth, else by right and wrong."""
    if outcome.is_binary:
        said, parts = outcome.scores[:, 0], outcome.indicator[:, 0] == 0
        positive = short(outcome.classes[outcome.positive])
        other = short(outcome.classes[1 - outcome.positive])
        names, what = (f"truly {other}", f"truly {positive}"), f"of {positive}"
    else:
        said, parts = outcome.probabilities.max(axis=1), outcome.predictions == outcome.truth
        names, what = ("label right", "label wrong"), "of the label"
    for name, rows, colour in zip(names, (parts, ~parts), COLOURS, strict=False):
        label = f"{name}  ({rows.sum():,} rows)"
        axes.hist(said[rows], bins=_SCORE_BINS, range=(0, 1), color=colour, alpha=0.55, label=label)
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


def short(label: Label, most: int = 16) -> str:
    """The label's text, cut where it is longer than `most` characters."""
    text = str(label)
    return text if len(text) <= most else text[: most - 1] + "…"
