import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from baton_trainer.evaluation import slice_metrics
from baton_trainer.evaluation.classes import metrics as evaluation
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.classes.slice_metrics import MIN_ROWS, ClassSliceMetrics
from baton_trainer.evaluation.slices import Slice
from tests.support.trainer.tables import list_class_slices, some_outcome


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=60))
def test_the_auc_agrees_with_scikit_learn(pairs: list[tuple[int, bool]]) -> None:
    """Ties count half."""
    score, truth = np.array([s for s, _ in pairs], float), np.array([t for _, t in pairs], int)
    if 0 < truth.sum() < len(truth):
        result, _ = evaluation.compute_auc(truth, score)
        assert result == pytest.approx(roc_auc_score(truth, score))


def test_the_standard_error_agrees_with_the_paper() -> None:
    """Hanley and McNeil 1982, table II: 51 abnormal and 58 normal cases, 0.893 with 0.032."""
    truth = np.array([0] * 58 + [1] * 51)
    rating = np.repeat([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], [33, 6, 6, 11, 2, 3, 2, 2, 11, 33])
    result, error = evaluation.compute_auc(truth, rating.astype(float))
    assert result == pytest.approx(0.893, abs=5e-4)
    assert error == pytest.approx(0.032, abs=1e-3)


def compute_slices(outcome: ClassOutcome, slices: list[Slice]) -> list[ClassSliceMetrics]:
    return list_class_slices(slice_metrics.compute_slice_metrics(outcome, slices))


def halves(rows: int) -> list[Slice]:
    first = np.arange(rows) < rows // 2
    return [Slice("half", "first", first), Slice("half", "second", ~first)]


def test_the_weakest_slice_comes_first() -> None:
    """The model guesses on one half of the rows."""
    outcome = some_outcome(2, 2_000)
    probabilities = outcome.probabilities.copy()
    probabilities[1_000:] = np.random.default_rng(0).dirichlet([1, 1], 1_000)
    weak, good = compute_slices(ClassOutcome((0, 1), outcome.truth, probabilities), halves(2_000))
    assert (weak.name, weak.rows) == ("half = second", 1_000)
    low, high = weak.interval
    assert low < weak.roc_auc < high < good.interval[0]
    assert weak.roc_auc == pytest.approx(0.5, abs=0.05)
    assert weak.predicted == pytest.approx(probabilities[1_000:, 1].mean())
    assert weak.observed == pytest.approx(outcome.truth[1_000:].mean())


def test_a_slice_with_few_rows_of_a_class_is_left_out() -> None:
    """Its metrics would be random."""
    truth = np.zeros(200, np.intp)
    truth[: MIN_ROWS - 1] = 1
    truth[100 : 100 + MIN_ROWS] = 1
    outcome = ClassOutcome(("a", "b"), truth, some_outcome(2, 200).probabilities)
    (only,) = compute_slices(outcome, halves(200))
    assert only.value == "second"


def test_only_classes_with_enough_rows_count() -> None:
    """With more than two classes, there is no predicted and no observed share."""
    outcome = some_outcome(3, 600)
    truth = outcome.truth.copy()
    truth[truth == 2] = 0
    truth[:5] = 2
    (first, second) = compute_slices(
        ClassOutcome((0, 1, 2), truth, outcome.probabilities), halves(600)
    )
    for each in (first, second):
        rows = np.arange(600) < 300 if each.value == "first" else np.arange(600) >= 300
        areas = [
            roc_auc_score(truth[rows] == label, outcome.probabilities[rows, label])
            for label in (0, 1)
        ]
        assert each.roc_auc == pytest.approx(np.mean(areas))
        assert np.isnan(each.predicted)


def test_slices_of_the_same_rows_are_merged() -> None:
    """Without internet there is no online backup either."""
    outcome = some_outcome(2, 400)
    rows = np.arange(400) < 200
    same = [Slice("internet", "No", rows), Slice("backup", "No internet", rows)]
    (result,) = compute_slices(outcome, same)
    assert (result.name, result.also) == ("internet = No", ("backup",))
