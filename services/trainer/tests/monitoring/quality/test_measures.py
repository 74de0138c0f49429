"""The figures are exactly those of scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    brier_score_loss,
    log_loss,
    mean_absolute_error,
    roc_auc_score,
    root_mean_squared_error,
)

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.monitoring.quality import calibration
from baton_trainer.monitoring.quality.measures import INTERCEPT, MIN_ROWS, SLOPE, measure


def make_binary(rows: int = 3000, slope: float = 1.0, seed: int = 0) -> ClassOutcome:
    """Makes answers whose logits must be multiplied by `slope` to be calibrated."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(-1, 1.5, rows)
    truth = (rng.random(rows) < 1 / (1 + np.exp(-slope * logits))).astype(np.intp)
    second = 1 / (1 + np.exp(-logits))
    return ClassOutcome(("No", "Yes"), truth, np.column_stack([1 - second, second]))


def test_two_classes() -> None:
    outcome = make_binary()
    truth, second = outcome.truth, outcome.probabilities[:, 1]
    figures = measure(outcome, {"test_roc_auc": 0.9, "cv_roc_auc": 0.8})
    assert figures["roc_auc"].value == pytest.approx(roc_auc_score(truth, second), abs=1e-12)
    assert figures["brier"].value == pytest.approx(brier_score_loss(truth, second), abs=1e-12)
    assert figures["log_loss"].value == pytest.approx(log_loss(truth, second), abs=1e-12)
    assert figures["roc_auc"].training == 0.9
    assert figures["brier"].training is None
    for name in ("roc_auc", "brier", "log_loss", INTERCEPT, SLOPE):
        figure = figures[name]
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.value < figure.high
    assert figures["ece"].low is None


def test_more_classes_have_the_mean_over_classes() -> None:
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet([1, 1, 1], 900)
    truth = np.array([rng.choice(3, p=each) for each in probabilities])
    outcome = ClassOutcome(("a", "b", "c"), truth, probabilities)
    figures = measure(outcome, {})
    auc = roc_auc_score(truth, probabilities, multi_class="ovr", average="macro")
    assert figures["roc_auc"].value == pytest.approx(auc, abs=1e-12)
    squares = ((probabilities - np.eye(3)[truth]) ** 2).sum(axis=1)
    assert figures["brier"].value == pytest.approx(squares.mean())
    assert SLOPE not in figures


def test_regression() -> None:
    rng = np.random.default_rng(2)
    truth = rng.normal(100, 20, 500)
    predictions = truth + rng.normal(2, 5, 500)
    figures = measure(ValueOutcome(truth, predictions), {"test_rmse": 4.0})
    assert figures["rmse"].value == pytest.approx(root_mean_squared_error(truth, predictions))
    assert figures["mae"].value == pytest.approx(mean_absolute_error(truth, predictions))
    assert figures["bias"].value == pytest.approx((predictions - truth).mean())
    assert figures["rmse"].training == 4.0
    assert all(each.low is not None for each in figures.values())


def test_missing_class_leaves_out_the_roc_auc() -> None:
    """It is not defined; the losses are."""
    outcome = make_binary()
    figures = measure(outcome.select(outcome.truth == 0), {})
    assert {*figures} == {"brier", "log_loss"}


@pytest.mark.parametrize("rows", [1, MIN_ROWS - 1])
def test_few_rows_have_no_intervals(rows: int) -> None:
    """Draws from so few rows hardly vary, so an interval would be too narrow."""
    outcome = make_binary()
    positives, others = np.flatnonzero(outcome.truth)[:rows], np.flatnonzero(outcome.truth == 0)
    figures = measure(outcome.select(np.concatenate([positives, others])), {})
    assert figures["roc_auc"].low is None
    values = measure(ValueOutcome(np.arange(rows) * 1.0, np.ones(rows)), {})
    assert values["rmse"].low is None


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.7])
def test_calibration_is_that_of_a_logistic_regression(slope: float) -> None:
    """The slope agrees with scikit-learn, and its interval holds the truth."""
    outcome = make_binary(slope=slope)
    truth, second = outcome.truth.astype(float), outcome.probabilities[:, 1]
    logits = np.log(second / (1 - second))[:, None]
    expected = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(logits, truth).coef_[0, 0]
    found = calibration.estimate_slope(truth, second)
    assert found is not None
    assert found.value == pytest.approx(expected, abs=1e-4)
    assert found.low < slope < found.high


def test_intercept_is_0_if_the_mean_is_right() -> None:
    """Probabilities that are too low on the whole have an intercept above 0."""
    outcome = make_binary(20_000)
    truth, second = outcome.truth.astype(float), outcome.probabilities[:, 1]
    right = calibration.estimate_intercept(truth, second)
    low = calibration.estimate_intercept(truth, second * 0.7)
    assert right is not None
    assert low is not None
    assert right.low < 0 < right.high
    assert low.low > 0


def test_rows_that_determine_no_slope_have_none() -> None:
    """Equal probabilities, or classes that the probabilities separate."""
    truth = np.array([0.0, 1.0] * 20)
    assert calibration.estimate_slope(truth, np.full(40, 0.5)) is None
    assert calibration.estimate_slope(truth, np.where(truth == 1, 0.9, 0.1)) is None
    assert calibration.estimate_intercept(np.ones(40), np.full(40, 0.5)) is None
