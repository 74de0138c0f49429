"""The plots of a report, as PNG files. They are drawn without pyplot, which keeps global state."""

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


def draw_plots(report: Report) -> dict[str, bytes]:
    """Draws each plot as a PNG file, by name.

    `roc`, `precision_recall`, `calibration`, `confusion` and `scores`; `costs` if there are two
    classes, `slices` and `importance` if they were measured.
    """
    outcome, thresholds, whole = report.held_out, report.thresholds, report.sliced_roc_auc
    importances, slices = report.importances, report.slices
    plots = {
        "roc": _draw_png(lambda axes: curves.draw_roc(axes, outcome)),
        "precision_recall": _draw_png(lambda axes: curves.draw_precision_recall(axes, outcome)),
        "calibration": _draw_png(lambda axes: curves.draw_calibration(axes, outcome)),
        "confusion": _draw_png(lambda axes: curves.draw_confusion(axes, outcome)),
        "scores": _draw_png(lambda axes: curves.draw_scores(axes, outcome)),
    }
    if importances:
        plots["importance"] = _draw_png(lambda axes: bars.draw_importance(axes, importances), _WIDE)
    if thresholds:
        plots["costs"] = _draw_png(lambda axes: bars.draw_costs(axes, thresholds))
    if slices:
        plots["slices"] = _draw_png(lambda axes: bars.draw_slices(axes, slices, whole), _WIDE)
    return plots


def _draw_png(draw: Callable[[Axes], None], size: tuple[float, float] = _NARROW) -> bytes:
    with rc_context(_STYLE):  # type: ignore[arg-type]
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.add_subplot())
        file = io.BytesIO()
        figure.savefig(file)
    return file.getvalue()
