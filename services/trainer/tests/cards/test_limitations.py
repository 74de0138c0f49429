from dataclasses import replace

import numpy as np

from baton_trainer.cards import limits
from baton_trainer.evaluation.cross_validation import CrossValidation
from tests.support.trainer.tables import some_report, some_table


def said(**changes: object) -> str:
    return "\n".join(limits.of(some_table(), replace(some_report(), **changes), searched=0))  # type: ignore[arg-type]


def test_what_holds_for_every_model_is_always_said() -> None:
    """Rows of a later time are other rows; what is missing counts as something."""
    assert "held out at random" in said()
    assert "as if the cell were empty" in said()


def test_few_rows_are_told() -> None:
    """Held out, and of a class."""
    goal = np.where(np.arange(400) < 60, "rare", "common")
    found = "\n".join(limits.of(some_table(goal), some_report(), searched=0))
    assert "rows are held out: mind the intervals" in found
    assert "of class rare (" in found


def test_a_figure_below_what_was_to_be_expected_is_told() -> None:
    """A surprise on the held-out rows."""
    report = some_report()
    folds = [{**report.figures, "roc_auc": each} for each in (0.99, 0.991, 0.992)]
    cv = CrossValidation(folds, report.held_out)
    assert "is below what cross-validation led to expect" in said(cross_validation=cv)
    assert "below what" not in said()


def test_probabilities_that_are_no_shares_are_told() -> None:
    """Where calibration is off."""
    assert "are 12% off" in said(figures={**some_report().figures, "ece": 0.12})
    assert "% off" not in said(figures={**some_report().figures, "ece": 0.01})


def test_slices_that_are_surely_weak_are_named() -> None:
    """The weakest, and of how many."""
    report = some_report(rows=2_000)
    slices = tuple(replace(each, interval=(0.5, 0.6)) for each in report.slices[:4])
    found = said(slices=slices)
    assert "In 4 of 4 slices" in found
    assert f"{slices[0].name} (" in found
    assert found.count("half ") == limits.SHOWN
    assert found.endswith(") and others.")
    assert "of 4 slices" not in said(slices=tuple(replace(s, interval=(0.5, 1)) for s in slices))


def test_a_search_is_told() -> None:
    """Its best was chosen by the rows that the figures are of."""
    assert "best of 30 trials" in "\n".join(limits.of(some_table(), some_report(), searched=30))
