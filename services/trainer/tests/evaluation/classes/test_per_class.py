import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score

from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.classes.per_class import compute_class_metrics
from tests.support.trainer.tables import some_outcome


def test_metrics_of_a_class_agree_with_scikit_learn() -> None:
    """Each class against the rest; their means are the metrics of the run."""
    outcome = some_outcome(4)
    result = compute_class_metrics(outcome)
    expected = precision_recall_fscore_support(outcome.truth, outcome.predictions)
    actual = np.array([[each.precision, each.recall, each.f1, each.rows] for each in result])
    assert pytest.approx(np.array(expected)) == actual.T
    for index, each in enumerate(result):
        truth, score = outcome.truth == index, outcome.probabilities[:, index]
        assert each.roc_auc == pytest.approx(roc_auc_score(truth, score))
        assert each.pr_auc == pytest.approx(average_precision_score(truth, score))
    means = outcome.compute_metrics()
    assert np.mean([each.roc_auc for each in result]) == pytest.approx(means["roc_auc"])
    assert np.mean([each.f1 for each in result]) == pytest.approx(means["f1"])


def test_most_frequent_wrong_label_is_named() -> None:
    """A class that is always right has none; one that is never predicted has no precision."""
    truth, labels = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 1, 1])
    first, second, third = compute_class_metrics(
        ClassOutcome(("a", "b", "c"), truth, np.eye(3)[labels])
    )
    assert first.mistaken_for == "b"
    assert first.mistaken_share == pytest.approx(2 / 3)
    assert (second.mistaken_for, second.mistaken_share, second.recall) == (None, 0, 1)
    assert np.isnan(third.precision)
    assert third.f1 == 0
