"""The pictures of a report, as PNG files. They are built without pyplot: no state outlives them."""

import io
from collections.abc import Callable

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from baton_trainer.cards import bars, curves
from baton_trainer.cards.curves import QUIET
from baton_trainer.evaluation.report import Report

_WIDE, _NARROW = (8.4, 5.2), (6.6, 5.2)
_STYLE = {
    "font.size": 11.0,
    "axes.titlesize": 13.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e2e8f0",
    "legend.frameon": False,
    "figure.dpi": 120.0,
    "text.parse_math": False,  # a class may be called $x_{
}


def pictures(report: Report) -> dict[str, bytes]:
    """Each picture as a PNG file, by name.

    `roc`, `precision_recall`, `calibration`, `confusion` and `scores`; `costs` if there are two
    classes, `slices` and `importance` if they were measured.
    """
    outcome, thresholds, whole = report.held_out, report.thresholds, report.sliced_roc_auc
    drawn = {
        "roc": _drawn(lambda axes: curves.roc(axes, outcome)),
        "precision_recall": _drawn(lambda axes: curves.precision_recall(axes, outcome)),
        "calibration": _drawn(lambda axes: curves.calibration(axes, outcome)),
        "confusion": _drawn(lambda axes: curves.confusion(axes, outcome)),
        "scores": _drawn(lambda axes: curves.scores(axes, outcome)),
    }
    if report.importances:
        drawn["importance"] = _drawn(lambda axes: bars.importance(axes, report.importances), _WIDE)
    if thresholds:
        drawn["costs"] = _drawn(lambda axes: bars.costs(axes, thresholds))
    if report.slices:
        drawn["slices"] = _drawn(lambda axes: bars.slices(axes, report.slices, whole), _WIDE)
    return drawn


def _drawn(draw: Callable[[Axes], None], size: tuple[float, float] = _NARROW) -> bytes:
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        file = io.BytesIO()
        figure.savefig(file)
    return file.getvalue()
