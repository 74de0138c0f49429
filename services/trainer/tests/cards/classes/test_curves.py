import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from baton_trainer.cards.classes import curves
from baton_trainer.cards.classes.curves import MAX_CURVES
from baton_trainer.evaluation.classes import metrics as evaluation
from tests.support.trainer.tables import some_outcome


@pytest.fixture
def axes() -> Axes:
    return Figure().add_subplot()


def read_legend(axes: Axes) -> list[str]:
    return [str(each) for each in axes.get_legend_handles_labels()[1]]


@pytest.mark.parametrize(("classes", "expected"), [(2, 1), (4, 4), (20, MAX_CURVES)])
def test_each_class_has_a_curve_up_to_the_maximum(axes: Axes, classes: int, expected: int) -> None:
    """Two classes have one curve; the title says if classes are left out."""
    curves.draw_precision_recall(axes, some_outcome(classes))
    assert len(read_legend(axes)) == expected
    assert ("8 of 20 classes" in axes.get_title()) is (classes == 20)


def test_legend_has_the_logged_figure(axes: Axes) -> None:
    outcome = some_outcome(2)
    curves.draw_calibration(axes, outcome)
    assert read_legend(axes) == [
        f"class 1  (error {evaluation.compute_calibration_error(outcome):.3f})"
    ]


def test_confusion_matrix_counts_every_row(axes: Axes) -> None:
    """Empty cells stay empty."""
    outcome = some_outcome(3)
    curves.draw_confusion(axes, outcome)
    counts = {text.get_text().split("\n")[0] for text in axes.texts}
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (outcome.truth, outcome.predictions), 1)
    assert counts == {str(each) for each in expected.ravel() if each}


@pytest.mark.parametrize(
    ("classes", "names"),
    [(2, ["true class 0", "true class 1"]), (3, ["right label", "wrong label"])],
)
def test_probabilities_are_grouped_by_true_class(
    axes: Axes, classes: int, names: list[str]
) -> None:
    """More than two classes are grouped by right and wrong label."""
    curves.draw_scores(axes, some_outcome(classes))
    assert [each.partition("  ")[0] for each in read_legend(axes)] == names


def test_many_classes_get_a_larger_matrix(axes: Axes) -> None:
    """Else the numbers in its cells would overlap."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    small = figure.get_size_inches().tolist()
    curves.draw_confusion(axes, some_outcome(4))
    assert figure.get_size_inches().tolist() == small
    curves.draw_confusion(axes, some_outcome(12))
    assert min(figure.get_size_inches()) > max(small)
