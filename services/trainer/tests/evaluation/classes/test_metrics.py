from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from baton_trainer.evaluation.classes import metrics as evaluation
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from tests.support.trainer.tables import some_outcome


def test_a_perfect_classifier_has_perfect_metrics() -> None:
    """The number of classes does not matter."""
    for classes in (2, 4):
        truth = np.arange(40) % classes
        result = evaluation.compute_metrics(
            ClassOutcome(tuple(range(classes)), truth, np.eye(classes)[truth])
        )
        assert result == {
            "roc_auc": 1.0,
            "pr_auc": 1.0,
            "log_loss": 0.0,
            "brier": 0.0,
            "ece": 0.0,
            "accuracy": 1.0,
            "f1": 1.0,
        }


@pytest.mark.parametrize("classes", [2, 4])
def test_metrics_agree_with_scikit_learn(classes: int) -> None:
    """Log loss and Brier score have formulas of their own here."""
    outcome = some_outcome(classes)
    result = evaluation.compute_metrics(outcome)
    scores = outcome.probabilities[:, 1] if classes == 2 else outcome.probabilities
    assert result["log_loss"] == pytest.approx(log_loss(outcome.truth, outcome.probabilities))
    assert result["brier"] == pytest.approx(brier_score_loss(outcome.truth, scores))
    assert result["roc_auc"] == pytest.approx(
        roc_auc_score(outcome.truth, scores, multi_class="ovr", average="macro")
    )


def test_truth_follows_the_order_of_the_classes() -> None:
    """The order in which labels appear does not matter."""
    result = ClassOutcome.from_labels(("b", "a"), pd.Series(["a", "b", "b"]), np.eye(3)[:, :2])
    assert result.truth.tolist() == [1, 0, 0]


def test_metrics_of_two_classes_are_those_of_the_positive_one() -> None:
    """The other class has another F1 and PR AUC, but the same ROC AUC."""
    outcome = some_outcome(2)
    first = replace(outcome, positive=0)
    turned = ClassOutcome((1, 0), 1 - outcome.truth, outcome.probabilities[:, ::-1])
    assert evaluation.compute_metrics(first) == pytest.approx(evaluation.compute_metrics(turned))
    one, other = evaluation.compute_metrics(first), evaluation.compute_metrics(outcome)
    assert one["f1"] != pytest.approx(other["f1"])
    assert one["pr_auc"] != pytest.approx(other["pr_auc"])
    assert one["roc_auc"] == pytest.approx(other["roc_auc"])


def test_rows_are_grouped_by_probability_into_equal_sizes() -> None:
    """Every row is in a group."""
    score = np.repeat(np.arange(10) / 10, 7)
    truth = (np.arange(70) % 7 == 0).astype(int)
    result = evaluation.compute_reliability(truth, score)
    assert result.predicted == pytest.approx(np.arange(10) / 10)
    assert result.observed == pytest.approx(np.full(10, 1 / 7))
    assert result.rows.tolist() == [7] * 10
    assert result.error == pytest.approx(np.abs(np.arange(10) / 10 - 1 / 7).mean())


def test_rows_of_one_probability_stay_together() -> None:
    """A tree gives few distinct ones, so there may be fewer groups of different sizes."""
    score = np.array([0.2] * 85 + [0.9] * 15)
    result = evaluation.compute_reliability(np.arange(100) % 2, score)
    assert result.rows.tolist() == [85, 15]
    assert evaluation.compute_reliability(np.array([1, 0]), np.array([0.3, 0.3])).rows.tolist() == [
        2
    ]


@pytest.mark.parametrize("classes", [2, 4])
def test_a_calibrated_classifier_has_no_calibration_error(classes: int) -> None:
    """More extreme probabilities have a larger error."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(classes), 20_000)
    truth = (probabilities.cumsum(axis=1) < rng.random((20_000, 1))).sum(axis=1)
    calibrated = ClassOutcome(tuple(range(classes)), truth, probabilities)
    extreme = probabilities**4 / (probabilities**4).sum(axis=1, keepdims=True)
    assert evaluation.compute_calibration_error(calibrated) < 0.02
    assert evaluation.compute_calibration_error(replace(calibrated, probabilities=extreme)) > 0.1
