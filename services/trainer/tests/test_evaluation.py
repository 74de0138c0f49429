from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from trainer_tables import some_outcome

from baton_trainer import evaluation
from baton_trainer.errors import DataError
from baton_trainer.evaluation import Outcome


def test_a_perfect_classifier_has_perfect_figures() -> None:
    """Both for two classes and for more."""
    for classes in (2, 4):
        truth = np.arange(40) % classes
        found = evaluation.metrics(Outcome(tuple(range(classes)), truth, np.eye(classes)[truth]))
        assert found == {
            "roc_auc": 1.0,
            "pr_auc": 1.0,
            "log_loss": 0.0,
            "brier": 0.0,
            "accuracy": 1.0,
            "f1": 1.0,
        }


@pytest.mark.parametrize("classes", [2, 4])
def test_the_figures_are_those_of_scikit_learn(classes: int) -> None:
    """Our formulas for log loss and Brier's score agree with the reference."""
    seen = some_outcome(classes)
    found = evaluation.metrics(seen)
    scores = seen.probabilities[:, 1] if classes == 2 else seen.probabilities
    assert found["log_loss"] == pytest.approx(log_loss(seen.truth, seen.probabilities))
    assert found["brier"] == pytest.approx(brier_score_loss(seen.truth, scores))
    assert found["roc_auc"] == pytest.approx(
        roc_auc_score(seen.truth, scores, multi_class="ovr", average="macro")
    )


def test_truth_is_found_by_label_not_by_order_of_appearance() -> None:
    """The columns of the probabilities follow the classes."""
    found = Outcome.of(("b", "a"), pd.Series(["a", "b", "b"]), np.eye(3)[:, :2])
    assert found.truth.tolist() == [1, 0, 0]


def test_the_figures_of_two_classes_are_about_the_positive_one() -> None:
    """The other one has another precision and recall; what is symmetric stays."""
    seen = some_outcome(2)
    first = replace(seen, positive=0)
    turned = Outcome((1, 0), 1 - seen.truth, seen.probabilities[:, ::-1])
    assert evaluation.metrics(first) == pytest.approx(evaluation.metrics(turned))
    one, other = evaluation.metrics(first), evaluation.metrics(seen)
    assert one["f1"] != pytest.approx(other["f1"])
    assert one["pr_auc"] != pytest.approx(other["pr_auc"])
    assert one["roc_auc"] == pytest.approx(other["roc_auc"])


def test_cross_validation_is_about_the_positive_class() -> None:
    """A classifier that always says "no" has no recall of "yes", and all of "no"."""
    rows = pd.DataFrame({"n": np.arange(60.0)})
    target = pd.Series(["no", "no", "yes"] * 20)
    never = make_pipeline(DummyClassifier(strategy="most_frequent"))
    assert evaluation.cross_validated(never, rows, target, "yes")["f1"] == 0
    assert evaluation.cross_validated(never, rows, target, "no")["f1"] == pytest.approx(0.8)


def test_cross_validation_gives_a_mean_and_a_spread_of_every_figure() -> None:
    """A classifier that knows nothing has a ROC AUC of one half, in every fold."""
    rows = pd.DataFrame({"n": np.arange(60.0)})
    target = pd.Series(["no", "no", "yes"] * 20)
    found = evaluation.cross_validated(make_pipeline(DummyClassifier()), rows, target)
    assert (found["roc_auc"], found["roc_auc_std"]) == (0.5, 0.0)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert {name for name in found if not name.endswith("_std")} == {
        *("roc_auc", "pr_auc", "log_loss", "brier", "accuracy", "f1")
    }


def test_a_class_of_one_row_is_named() -> None:
    """There is no fold that could learn it and be judged by it."""
    rows, target = pd.DataFrame({"n": [1.0, 2.0, 3.0]}), pd.Series(["a", "a", "b"])
    with pytest.raises(DataError, match="class 'b'"):
        evaluation.cross_validated(make_pipeline(DummyClassifier()), rows, target)
