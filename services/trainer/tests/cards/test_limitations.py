from dataclasses import replace
from typing import Any

import numpy as np

from baton_trainer.cards import limitations
from baton_trainer.evaluation.cross_validation import CrossValidation
from tests.support.trainer.tables import list_class_slices, some_report, some_table


def render(**changes: Any) -> str:
    report = replace(some_report(), **changes)
    return "\n".join(limitations.list_limitations(some_table(), report, trials=0))


def test_general_limitations_are_always_listed() -> None:
    assert "held out at random" in render()
    assert "scored as an empty cell" in render()


def test_few_rows_are_a_limitation() -> None:
    """Few held-out rows, and few rows of a class."""
    goal = np.where(np.arange(400) < 60, "rare", "common")
    text = "\n".join(limitations.list_limitations(some_table(goal), some_report(), trials=0))
    assert "rows are held out: check the width" in text
    assert "training rows of class rare (" in text


def test_figure_below_the_expected_range_is_a_limitation() -> None:
    report = some_report()
    folds = [{**report.held_out_metrics, "roc_auc": each} for each in (0.99, 0.991, 0.992)]
    cv = CrossValidation(folds, report.held_out)
    assert "is below the range expected from cross-validation" in render(cross_validation=cv)
    assert "below the range" not in render()


def test_bad_calibration_is_a_limitation() -> None:
    assert "off by 12%" in render(held_out_metrics={**some_report().held_out_metrics, "ece": 0.12})
    assert "off by" not in render(held_out_metrics={**some_report().held_out_metrics, "ece": 0.01})


def test_weak_slices_are_named() -> None:
    """The weakest ones, and the number of all slices."""
    report = some_report(rows=2_000)
    slices = tuple(
        replace(each, interval=(0.5, 0.6)) for each in list_class_slices(report.slices)[:4]
    )
    text = render(slices=slices)
    assert "In 4 of 4 slices" in text
    assert f"{slices[0].name} (" in text
    assert text.count("half ") == limitations.MAX_NAMED_SLICES
    assert text.endswith(") and others.")
    assert "of 4 slices" not in render(slices=tuple(replace(s, interval=(0.5, 1)) for s in slices))


def test_search_is_a_limitation() -> None:
    assert "best of 30 trials" in "\n".join(
        limitations.list_limitations(some_table(), some_report(), trials=30)
    )
