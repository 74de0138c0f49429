import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from matplotlib.figure import Figure

from baton_trainer.cards import run_files
from baton_trainer.cards.content import Subject, summarize
from baton_trainer.cards.grids import build_figure_grid, build_importance_grid
from baton_trainer.cards.limitations import list_limitations
from baton_trainer.cards.values import plots
from baton_trainer.cards.values.card import ValueParts
from baton_trainer.evaluation.report import Report
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate.trained_model import fit_and_evaluate
from baton_trainer.models import estimators, pipeline
from baton_trainer.progress import NoProgress
from baton_trainer.request import Columns, Train, TrainRequest
from tests.support.trainer.values import as_values, some_houses, some_values


@pytest.fixture(scope="module")
def subject() -> Subject:
    houses = some_houses()
    learner = estimators.build_learner("regressor", "ridge", {})
    unfitted = pipeline.build(learner, houses.features, houses.columns)
    options = Train(task="regression", estimator="ridge")
    return Subject(
        model_name="houses",
        run_id="0123abcd",
        day=date(2026, 11, 24),
        request=TrainRequest(columns=Columns(target="price"), train=options),
        table=houses,
        learner=learner,
        model=fit_and_evaluate(unfitted, houses, options, NoProgress()),
        verdict="passed",
    )


def test_card_has_figures_plots_and_slices(subject: Subject) -> None:
    """Nothing in it is about classes."""
    files = run_files.build_run_files(subject)
    card = files["model_card.md"].decode()
    names = ("predicted", "residuals", "errors", "calibration", "slices", "importance")
    assert {f"plots/{name}.png" for name in names} == {each for each in files if "plots" in each}
    assert all(f"(plots/{name}.png)" in card for name in names)
    assert all(files[f"plots/{name}.png"].startswith(b"\x89PNG") for name in names)
    assert "| RMSE (root mean squared error) |" in card
    assert "--task regression --estimator ridge" in card
    assert "share of squared error" in card
    assert not any(word in card for word in ("ROC", "class ", "probabilit", "labels"))
    assert "tables/slices.csv" in files
    assert "tables/thresholds.csv" not in files
    assert summarize(subject).startswith("ridge, trained on 400 rows (houses.csv). RMSE ")


def test_figures_of_one_table_have_the_same_decimals(subject: Subject) -> None:
    """Those in the unit of the target and the importances; R² has four."""
    report = subject.model.report
    figures = build_figure_grid(report, ValueParts.titles).rows
    decimals = {row[0]: {len(each) for each in _list_decimals(row[1:])} for row in figures}
    assert decimals.pop("R²") == {4}
    assert len(decimals) == 4
    assert len(set.union(*decimals.values())) == 1
    importances = build_importance_grid(report).rows
    assert len({len(each) for row in importances for each in _list_decimals(row[1:])}) == 1


def _list_decimals(texts: Sequence[str]) -> list[str]:
    numbers = (each for text in texts for each in re.findall(r"[\d,.]+", text))
    return [each.partition(".")[2] for each in numbers]


def test_card_names_the_error_without_a_model(subject: Subject) -> None:
    """It is that of the mean of the training rows."""
    table, report = subject.table, subject.model.report
    parts = ValueParts(report, as_values(report.held_out))
    held_out = table.target[table.held_out]
    expected = np.sqrt(((held_out - table.target[~table.held_out].mean()) ** 2).mean())
    assert parts.build_values(table)["constant_rmse"] == f"{expected:,.0f}"


def report_with(report: Report, outcome: ValueOutcome) -> Report:
    metrics = outcome.compute_metrics()
    return replace(report, held_out=outcome, held_out_metrics=metrics, slices=())


def test_errors_with_a_direction_are_a_limitation(subject: Subject) -> None:
    outcome = some_values()
    high = ValueOutcome(outcome.truth, outcome.predictions + 80)
    report = report_with(subject.model.report, high)
    assert "Predictions are on average" in "\n".join(list_limitations(subject.table, report, 0))
    fair = report_with(subject.model.report, outcome)
    assert "on average" not in "\n".join(list_limitations(subject.table, fair, 0))


def test_few_rows_with_most_of_the_error_are_a_limitation(subject: Subject) -> None:
    outcome = some_values(300)
    predictions = outcome.predictions.copy()
    predictions[:3] += 9_000
    report = report_with(subject.model.report, ValueOutcome(outcome.truth, predictions))
    text = "\n".join(list_limitations(subject.table, report, 0))
    assert "3 of 300 held-out rows have 9" in text


def test_rmse_above_the_expected_range_is_a_limitation(subject: Subject) -> None:
    report = subject.model.report
    worse = {**report.held_out_metrics, "rmse": 9e6}
    text = "\n".join(list_limitations(subject.table, replace(report, held_out_metrics=worse), 0))
    assert "The RMSE on the held-out rows, 9,000,000, is above the range expected" in text


@pytest.mark.parametrize("rows", [15, 5_000])
def test_few_and_many_rows_can_be_drawn(rows: int) -> None:
    """A dot for each row, or their density; equal predictions, too."""
    for outcome in (some_values(rows), ValueOutcome(np.arange(rows) + 0.0, np.ones(rows))):
        for draw in (
            plots.draw_predicted,
            plots.draw_residuals,
            plots.draw_errors,
            plots.draw_calibration,
        ):
            figure = Figure()
            axes = figure.add_subplot()
            draw(axes, outcome)
            figure.draw_without_rendering()
            assert axes.get_title(loc="left") or axes.get_title()
            assert "," not in axes.get_xlabel()
