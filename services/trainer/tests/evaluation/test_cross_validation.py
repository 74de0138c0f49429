import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from baton_trainer.errors import DataError
from baton_trainer.evaluation.cross_validation import CrossValidation, cross_validate
from baton_trainer.evaluation.folds import Folds
from baton_trainer.evaluation.outcome import Outcome

ROWS = pd.DataFrame({"n": np.arange(60.0)})
TARGET = pd.Series(["no", "no", "yes"] * 20)


def test_it_is_about_the_positive_class() -> None:
    """A classifier that always says "no" has no recall of "yes", and all of "no"."""
    never = make_pipeline(DummyClassifier(strategy="most_frequent"))
    assert cross_validate(never, ROWS, TARGET, "yes").means["f1"] == 0
    assert cross_validate(never, ROWS, TARGET, "no").means["f1"] == pytest.approx(0.8)


def test_every_figure_has_a_mean_and_a_spread() -> None:
    """A classifier that knows nothing has a ROC AUC of one half, in every fold."""
    found = cross_validate(make_pipeline(DummyClassifier()), ROWS, TARGET)
    assert (found.means["roc_auc"], found.spreads["roc_auc"]) == (0.5, 0.0)
    assert found.means["accuracy"] == pytest.approx(2 / 3)
    assert set(found.means) == {
        *("roc_auc", "pr_auc", "log_loss", "brier", "ece", "accuracy", "f1")
    }


def test_every_row_is_judged_by_a_model_that_did_not_learn_from_it() -> None:
    """One that knows its own rows by heart, whose targets mean nothing, is never right by it."""
    by_heart = make_pipeline(KNeighborsClassifier(1))
    target = pd.Series(np.random.default_rng(0).permutation(TARGET))
    assert by_heart.fit(ROWS, target).score(ROWS, target) == 1
    found = cross_validate(by_heart, ROWS, target).outcome
    assert (found.predicted == found.truth).mean() < 0.8
    assert found.truth.tolist() == [("no", "yes").index(each) for each in target]


def test_the_rows_keep_their_order() -> None:
    """What can be learnt is said of the rows that it is true of."""
    learnable = pd.Series(np.where(ROWS["n"] > 30, "yes", "no"))
    found = cross_validate(make_pipeline(LogisticRegression()), ROWS, learnable)
    assert (found.outcome.predicted == found.outcome.truth).mean() > 0.9


def test_the_interval_is_that_of_the_corrected_t_test() -> None:
    """Worked by hand: five folds, standard deviation 0.01, a fifth judged for four learned from."""
    folds = [{"roc_auc": each, "log_loss": each} for each in (0.79, 0.79, 0.8, 0.81, 0.81)]
    (low, high) = CrossValidation(folds, some_outcome()).intervals["roc_auc"]
    assert (low + high) / 2 == pytest.approx(0.8)
    assert (high - low) / 2 == pytest.approx(2.776445 * 0.01 * np.sqrt(1 / 5 + 1 / 4))


def test_the_interval_stays_where_the_figure_may_be() -> None:
    """No ROC AUC above one; a log loss may be."""
    folds = [{"roc_auc": each, "log_loss": each} for each in (0.9, 1.0)]
    found = CrossValidation(folds, some_outcome()).intervals
    assert found["roc_auc"] == (0.0, 1.0)
    assert found["log_loss"][1] > 1


def some_outcome() -> Outcome:
    return Outcome(("a", "b"), np.array([0, 1]), np.eye(2))


def test_the_seed_chooses_the_folds() -> None:
    """The same seed the same folds."""
    model = make_pipeline(KNeighborsClassifier(5))
    target = pd.Series(np.where((ROWS["n"] // 7) % 2, "yes", "no"))
    first, again, other = (
        cross_validate(model, ROWS, target, None, Folds(each)) for each in (1, 1, 2)
    )
    assert first.folds == again.folds
    assert first.folds != other.folds


def test_a_class_of_one_row_is_named() -> None:
    """There is no fold that could learn it and be judged by it."""
    rows, target = pd.DataFrame({"n": [1.0, 2.0, 3.0]}), pd.Series(["a", "a", "b"])
    with pytest.raises(DataError, match="class 'b'"):
        cross_validate(make_pipeline(DummyClassifier()), rows, target)
