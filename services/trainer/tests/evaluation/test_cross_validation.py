import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from baton_trainer.errors import DataError
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.cross_validation import CrossValidation, cross_validate
from baton_trainer.evaluation.folds import Folds
from tests.support.trainer.tables import as_classes

ROWS = pd.DataFrame({"n": np.arange(60.0)})
TARGET = pd.Series(["no", "no", "yes"] * 20)


def test_metrics_are_those_of_the_positive_class() -> None:
    """A classifier that always predicts "no" has no recall of "yes", and full recall of "no"."""
    never = make_pipeline(DummyClassifier(strategy="most_frequent"))
    assert cross_validate(never, ROWS, TARGET, "yes").means["f1"] == 0
    assert cross_validate(never, ROWS, TARGET, "no").means["f1"] == pytest.approx(0.8)


def test_every_metric_has_a_mean_and_a_spread() -> None:
    """A constant classifier has a ROC AUC of one half in every fold."""
    result = cross_validate(make_pipeline(DummyClassifier()), ROWS, TARGET)
    assert (result.means["roc_auc"], result.spreads["roc_auc"]) == (0.5, 0.0)
    assert result.means["accuracy"] == pytest.approx(2 / 3)
    assert set(result.means) == {
        *("roc_auc", "pr_auc", "log_loss", "brier", "ece", "accuracy", "f1")
    }


def test_every_row_is_predicted_by_a_model_that_did_not_learn_from_it() -> None:
    """A model that memorizes random targets has no advantage."""
    memorizing = make_pipeline(KNeighborsClassifier(1))
    target = pd.Series(np.random.default_rng(0).permutation(TARGET))
    assert memorizing.fit(ROWS, target).score(ROWS, target) == 1
    result = as_classes(cross_validate(memorizing, ROWS, target).outcome)
    assert (result.predictions == result.truth).mean() < 0.8
    assert result.truth.tolist() == [("no", "yes").index(each) for each in target]


def test_predictions_are_in_the_order_of_the_rows() -> None:
    """A learnable target is predicted for the right rows."""
    learnable = pd.Series(np.where(ROWS["n"] > 30, "yes", "no"))
    result = cross_validate(make_pipeline(LogisticRegression()), ROWS, learnable)
    outcome = as_classes(result.outcome)
    assert (outcome.predictions == outcome.truth).mean() > 0.9


def test_the_interval_follows_the_corrected_t_test() -> None:
    """Computed by hand for five folds, deviation 0.01, and one test row per four training rows."""
    folds = [{"roc_auc": each, "log_loss": each} for each in (0.79, 0.79, 0.8, 0.81, 0.81)]
    (low, high) = CrossValidation(folds, some_outcome()).intervals["roc_auc"]
    assert (low + high) / 2 == pytest.approx(0.8)
    assert (high - low) / 2 == pytest.approx(2.776445 * 0.01 * np.sqrt(1 / 5 + 1 / 4))


def test_the_interval_stays_within_the_range_of_the_metric() -> None:
    """A ROC AUC is at most 1; a log loss may be greater."""
    folds = [{"roc_auc": each, "log_loss": each} for each in (0.9, 1.0)]
    result = CrossValidation(folds, some_outcome()).intervals
    assert result["roc_auc"] == (0.0, 1.0)
    assert result["log_loss"][1] > 1


def some_outcome() -> ClassOutcome:
    return ClassOutcome(("a", "b"), np.array([0, 1]), np.eye(2))


def test_the_seed_determines_the_folds() -> None:
    """The same seed gives the same folds."""
    model = make_pipeline(KNeighborsClassifier(5))
    target = pd.Series(np.where((ROWS["n"] // 7) % 2, "yes", "no"))
    first, again, other = (
        cross_validate(model, ROWS, target, None, Folds(each)) for each in (1, 1, 2)
    )
    assert first.folds == again.folds
    assert first.folds != other.folds


def test_a_class_of_one_row_is_rejected_by_name() -> None:
    """No fold can have it on both sides."""
    rows, target = pd.DataFrame({"n": [1.0, 2.0, 3.0]}), pd.Series(["a", "a", "b"])
    with pytest.raises(DataError, match="class 'b'"):
        cross_validate(make_pipeline(DummyClassifier()), rows, target)
