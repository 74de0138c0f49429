"""The pictures of an evaluation. Figures are built without pyplot: no state outlives them."""

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

from baton_registry.signature import Label
from baton_trainer.evaluation import Floats, Outcome

MAX_CURVES = 8
"""More curves in a picture cannot be told apart."""

_COLOURS = ("#2563eb", "#ea580c", "#059669", "#9333ea", "#dc2626", "#0891b2", "#ca8a04", "#64748b")
_QUIET = "#94a3b8"
_MAX_CELL_TEXTS = 12
_STYLE = {
    "font.size": 11.0,
    "axes.titlesize": 13.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": _QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e2e8f0",
    "legend.frameon": False,
    "figure.dpi": 120.0,
    "text.parse_math": False,  # a class may be called $x_{
}

_Curve = tuple[str, NDArray[np.int_], Floats, str]


def figures(outcome: Outcome) -> dict[str, Figure]:
    """`roc`, `precision_recall`, `calibration` and `confusion`, by name."""
    drawn = {}
    with rc_context(_STYLE):  # type: ignore[arg-type]
        for name, draw in _PICTURES.items():
            drawn[name] = Figure(figsize=(6.4, 5.2), layout="constrained")
            draw(drawn[name].add_subplot(), outcome)
    return drawn


def _curves(outcome: Outcome) -> list[_Curve]:
    """Class, truth, score and colour for each curve, the most frequent classes first."""
    truth, scores = outcome.indicator, outcome.scores
    names = [str(outcome.classes[each]) for each in outcome.shown]
    order = np.argsort(-truth.sum(axis=0), kind="stable")[:MAX_CURVES]
    return [
        (names[each], truth[:, each], scores[:, each], colour)
        for each, colour in zip(order, _COLOURS, strict=False)
    ]


def _roc(axes: Axes, outcome: Outcome) -> None:
    axes.plot([0, 1], [0, 1], "--", color=_QUIET, linewidth=1)
    for name, truth, score, colour in _curves(outcome):
        false_rate, true_rate, _ = roc_curve(truth, score)
        label = f"{name}  (area {roc_auc_score(truth, score):.3f})"
        axes.plot(false_rate, true_rate, color=colour, linewidth=2, label=label)
    _unit_square(axes, "ROC on held-out rows", "False positive rate", "True positive rate")
    axes.legend(loc="lower right")


def _precision_recall(axes: Axes, outcome: Outcome) -> None:
    for name, truth, score, colour in _curves(outcome):
        precision, recall, _ = precision_recall_curve(truth, score)
        label = f"{name}  (average precision {average_precision_score(truth, score):.3f})"
        axes.plot(recall, precision, color=colour, linewidth=2, label=label)
        axes.axhline(truth.mean(), linestyle="--", color=colour, alpha=0.4, linewidth=1)
    _unit_square(axes, "Precision and recall on held-out rows", "Recall", "Precision")
    axes.legend(loc="best")


def _calibration(axes: Axes, outcome: Outcome) -> None:
    axes.plot([0, 1], [0, 1], "--", color=_QUIET, linewidth=1)
    for name, truth, score, colour in _curves(outcome):
        share, mean = calibration_curve(truth, score, n_bins=10, strategy="quantile")
        axes.plot(mean, share, "o-", color=colour, linewidth=2, markersize=5, label=name)
    _unit_square(axes, "Calibration on held-out rows", "Predicted probability", "Observed share")
    axes.legend(loc="upper left")


def _unit_square(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    axes.set(title=title, xlabel=x_label, ylabel=y_label, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))


def _confusion(axes: Axes, outcome: Outcome) -> None:
    count = len(outcome.classes)
    predicted = outcome.probabilities.argmax(axis=1)
    counts = confusion_matrix(outcome.truth, predicted, labels=range(count))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set(title="Confusion on held-out rows", xlabel="Predicted", ylabel="True")
    names = [_short(label) for label in outcome.classes]
    axes.set_xticks(range(count), names, rotation=45 if count > len(_COLOURS) else 0)
    axes.set_yticks(range(count), names)
    if count <= _MAX_CELL_TEXTS:
        _write_cells(axes, counts, shares)


def _write_cells(axes: Axes, counts: NDArray[np.int_], shares: Floats) -> None:
    half = 0.5
    for (row, column), share in np.ndenumerate(shares):
        colour = "white" if share > half else "#0f172a"
        text = f"{counts[row, column]:,}\n{share:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=colour)


def _short(label: Label) -> str:
    text, most = str(label), 16
    return text if len(text) <= most else text[: most - 1] + "…"


_PICTURES = {
    "roc": _roc,
    "precision_recall": _precision_recall,
    "calibration": _calibration,
    "confusion": _confusion,
}
