from dataclasses import replace

import matplotlib as mpl
import pytest

from baton_trainer.cards.plots import pictures
from tests.support.trainer.tables import some_report

ALWAYS = {"roc", "precision_recall", "calibration", "confusion", "scores", "importance"}


@pytest.mark.parametrize(
    ("classes", "names"),
    [(2, ALWAYS | {"costs", "slices"}), (4, ALWAYS | {"slices"}), (20, ALWAYS)],
)
def test_every_picture_of_a_report_is_a_png_file(classes: int, names: set[str]) -> None:
    """For two classes, for some, and for more than have rows enough in a slice."""
    drawn = pictures(some_report(classes))
    assert set(drawn) == names
    assert all(png.startswith(b"\x89PNG") for png in drawn.values())


def test_a_class_is_shown_as_it_is_written() -> None:
    """A dollar sign begins no formula, and a long name does not fill the picture."""
    report = some_report()
    classes = ("$x_{", "a name that does not end so soon")
    named = replace(report, held_out=replace(report.held_out, classes=classes))
    assert all(pictures(named).values())


def test_no_state_outlives_the_pictures() -> None:
    """Neither matplotlib's settings nor a figure that someone would have to close."""
    before = dict(mpl.rcParams)
    pictures(some_report())
    assert dict(mpl.rcParams) == before
    assert not mpl._pylab_helpers.Gcf.figs  # type: ignore[attr-defined]
