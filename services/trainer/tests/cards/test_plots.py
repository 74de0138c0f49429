from dataclasses import replace

import matplotlib as mpl
import pytest

from baton_trainer.cards.plots import draw_plots
from tests.support.trainer.tables import as_classes, some_report

ALWAYS = {"roc", "precision_recall", "calibration", "confusion", "scores", "importance"}


@pytest.mark.parametrize(
    ("classes", "names"),
    [(2, ALWAYS | {"costs", "slices"}), (4, ALWAYS | {"slices"}), (20, ALWAYS)],
)
def test_every_plot_of_a_report_is_a_png_file(classes: int, names: set[str]) -> None:
    """There are two classes, a few, or too many to have enough rows in a slice."""
    drawn = draw_plots(some_report(classes))
    assert set(drawn) == names
    assert all(png.startswith(b"\x89PNG") for png in drawn.values())


def test_name_of_a_class_is_not_interpreted() -> None:
    """A dollar sign does not start a formula, and a long name is cut."""
    report = some_report()
    classes = ("$x_{", "a name that does not end so soon")
    named = replace(report, held_out=replace(as_classes(report.held_out), classes=classes))
    assert all(draw_plots(named).values())


def test_plots_leave_no_global_state() -> None:
    """Matplotlib's settings are unchanged, and no figure stays open."""
    before = dict(mpl.rcParams)
    draw_plots(some_report())
    assert dict(mpl.rcParams) == before
    assert not mpl._pylab_helpers.Gcf.figs  # type: ignore[attr-defined]
