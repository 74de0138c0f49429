import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from baton_trainer.cards import curves
from baton_trainer.cards.curves import MAX_CURVES
from baton_trainer.evaluation import outcome as evaluation
from tests.support.trainer.tables import some_outcome


@pytest.fixture
def axes() -> Axes:
    return Figure().add_subplot()


def legend(axes: Axes) -> list[str]:
    return [str(each) for each in axes.get_legend_handles_labels()[1]]


@pytest.mark.parametrize(("classes", "expected"), [(2, 1), (4, 4), (20, MAX_CURVES)])
def test_there_is_a_curve_for_each_class_as_long_as_they_can_be_told_apart(
    axes: Axes, classes: int, expected: int
) -> None:
    """Of two classes for the positive one; where some are left out, the title says so."""
    curves.precision_recall(axes, some_outcome(classes))
    assert len(legend(axes)) == expected
    assert ("8 of 20 classes" in axes.get_title()) is (classes == 20)


def test_the_legend_says_the_figure_that_is_logged(axes: Axes) -> None:
    """A picture and a metric never differ."""
    seen = some_outcome(2)
    curves.calibration(axes, seen)
    assert legend(axes) == [f"class 1  (error {evaluation.compute_calibration_error(seen):.3f})"]


def test_the_confusion_counts_every_row(axes: Axes) -> None:
    """Each cell with its share of the true class; empty cells stay empty."""
    seen = some_outcome(3)
    curves.confusion(axes, seen)
    counts = {text.get_text().split("\n")[0] for text in axes.texts}
    found = np.zeros((3, 3), int)
    np.add.at(found, (seen.truth, seen.predictions), 1)
    assert counts == {str(each) for each in found.ravel() if each}


@pytest.mark.parametrize(
    ("classes", "names"), [(2, ["truly 0", "truly 1"]), (3, ["label right", "label wrong"])]
)
def test_probabilities_are_told_apart_by_the_truth(
    axes: Axes, classes: int, names: list[str]
) -> None:
    """Or, of more than two classes, by whether the label is right."""
    curves.scores(axes, some_outcome(classes))
    assert [each.partition("  ")[0] for each in legend(axes)] == names
