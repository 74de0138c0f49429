"""The plots of a report, as PNG files."""

from baton_trainer.cards import bars
from baton_trainer.cards.parts import choose_parts
from baton_trainer.cards.style import WIDE, draw_png
from baton_trainer.evaluation.report import Report


def draw_plots(report: Report) -> dict[str, bytes]:
    """Draws each plot as a PNG file, by name.

    Those of the task; `slices` and `importance` if they were measured.
    """
    metric, whole = report.held_out.metric, report.sliced_quality
    importances, slices = report.importances, report.slices
    plots = {name: draw_png(draw) for name, draw in choose_parts(report).list_plots().items()}
    if importances:
        plots["importance"] = draw_png(
            lambda axes: bars.draw_importance(axes, importances, metric), WIDE
        )
    if slices:
        plots["slices"] = draw_png(lambda axes: bars.draw_slices(axes, slices, whole, metric), WIDE)
    return plots
