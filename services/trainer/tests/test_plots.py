import io
from dataclasses import replace

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from trainer_tables import some_outcome

from baton_trainer.plots import MAX_CURVES, figures


def png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file)
    return file.getvalue()


@pytest.mark.parametrize("classes", [2, 4, 20])
def test_every_picture_can_be_drawn(classes: int) -> None:
    """For two classes, for some, and for more than curves can be told apart."""
    drawn = figures(some_outcome(classes))
    assert set(drawn) == {"roc", "precision_recall", "calibration", "confusion"}
    assert all(png(figure).startswith(b"\x89PNG") for figure in drawn.values())
    curves = drawn["precision_recall"].axes[0].get_legend_handles_labels()[1]
    assert len(curves) == min(MAX_CURVES, classes if classes > 2 else 1)


def test_a_class_is_shown_as_it_is_written() -> None:
    """A dollar sign begins no formula, and a long name does not fill the picture."""
    named = replace(some_outcome(2), classes=("$x_{", "a name that does not end so soon"))
    assert all(png(figure) for figure in figures(named).values())


def test_no_state_outlives_the_pictures() -> None:
    """Neither matplotlib's settings nor a figure that someone would have to close."""
    before = dict(mpl.rcParams)
    figures(some_outcome(2))
    assert dict(mpl.rcParams) == before
    assert not mpl._pylab_helpers.Gcf.figs  # type: ignore[attr-defined]
