import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from baton_trainer.cards import bars
from baton_trainer.cards.bars import MAX_BARS
from baton_trainer.cards.classes import costs
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from tests.support.trainer.tables import some_report


@pytest.fixture
def axes() -> Axes:
    return Figure().add_subplot()


def read_names(axes: Axes) -> list[str]:
    return [each.get_text() for each in axes.get_yticklabels()]


def test_most_important_column_is_on_top(axes: Axes) -> None:
    importances = some_report().importances
    bars.draw_importance(axes, importances, ClassOutcome.metric)
    assert read_names(axes)[::-1] == [each.column for each in importances[:MAX_BARS]]
    assert axes.get_title(loc="left") or axes.get_title()


def test_weakest_slice_is_on_top_with_its_rows(axes: Axes) -> None:
    """A line shows the figure of all rows."""
    report = some_report()
    bars.draw_slices(axes, report.slices, 0.75, ClassOutcome.metric)
    weakest = report.slices[0]
    assert read_names(axes)[-1] == f"{weakest.name}  ({weakest.rows:,})"
    assert axes.get_legend_handles_labels()[1] == ["all rows  0.750"]


def test_cheapest_threshold_is_marked(axes: Axes) -> None:
    """Beside the threshold of the label."""
    thresholds = some_report().thresholds
    assert thresholds is not None
    costs.draw_costs(axes, thresholds)
    cheapest, label = axes.get_legend_handles_labels()[1]
    assert cheapest == f"cheapest: {thresholds.cheapest.cost:.3g} at {thresholds.cheapest.at:.3g}"
    assert label.endswith(" at 0.5")
