"""How sure the difference of two classifiers' ROC AUC is."""

from dataclasses import replace

import numpy as np
import pytest

from baton_trainer.evaluation import outcome as evaluation
from baton_trainer.evaluation.outcome import Outcome
from baton_trainer.gate.delong import compare
from tests.support.trainer.tables import noisy, some_outcome


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_the_figures_are_those_of_scikit_learn(classes: int) -> None:
    """Ties included; for more than two classes the mean, each against the rest."""
    one = some_outcome(classes)
    two = replace(one, probabilities=noisy(one, 0.5).probabilities.round(1))
    found = compare(one, two)
    assert found is not None
    assert found.first == pytest.approx(evaluation.compute_roc_auc(one))
    assert found.second == pytest.approx(evaluation.compute_roc_auc(two))


def test_the_standard_error_is_delongs() -> None:
    """As the definition of 1988 says, pair by pair, ties counted half."""
    one = some_outcome(2, 200)
    two = replace(one, probabilities=noisy(one, 1.0).probabilities.round(1))
    of_positives, of_negatives = [], []
    for each in (one, two):
        scores = each.probabilities[:, 1]
        gaps = scores[one.truth == 1][:, None] - scores[one.truth == 0][None, :]
        kernel = (np.sign(gaps) + 1) / 2
        of_positives.append(kernel.mean(axis=1))
        of_negatives.append(kernel.mean(axis=0))
    covariance = np.cov(of_positives) / (one.truth == 1).sum()
    covariance += np.cov(of_negatives) / (one.truth == 0).sum()
    expected = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    found = compare(one, two)
    assert found is not None
    assert found.standard_error == pytest.approx(expected)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_standard_error_is_the_spread_over_new_rows(classes: int) -> None:
    """Of many tables of the same kind, the differences lie as far apart as one table says."""
    tables = [sample(classes, seed) for seed in range(300)]
    found = [each for pair in tables if (each := compare(*pair))]
    assert len(found) == len(tables)
    spread = np.std([each.estimate for each in found])
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.15)


def sample(classes: int, seed: int) -> tuple[Outcome, Outcome]:
    """What two classifiers say of 400 new rows, of each class the same number."""
    rng = np.random.default_rng(seed)
    truth = np.arange(400) % classes
    odds = np.exp(rng.normal(size=(400, classes)) + np.eye(classes)[truth])
    one = Outcome(tuple(range(classes)), truth, odds / odds.sum(axis=1, keepdims=True))
    return one, noisy(one, 0.7, seed)


def test_a_model_differs_from_itself_by_nothing() -> None:
    """Surely, so that training again on the same data passes any margin."""
    one = some_outcome(3)
    found = compare(one, one)
    assert found is not None
    assert (found.estimate, found.standard_error, found.interval) == (0, 0, (0, 0))


def test_pairs_see_what_single_intervals_do_not() -> None:
    """The interval of the difference is far narrower if both err on the same rows."""
    one = some_outcome(2, 1_000)
    found = compare(one, noisy(one, 0.1))
    other = compare(one, some_outcome_again())
    assert found is not None
    assert other is not None
    assert np.ptp(found.interval) < np.ptp(other.interval) / 4


def some_outcome_again() -> Outcome:
    """An equally good classifier whose errors are its own."""
    one = some_outcome(2, 1_000)
    rng = np.random.default_rng(99)
    odds = np.exp(rng.normal(size=(1_000, 2)) + np.eye(2)[one.truth])
    return replace(one, probabilities=odds / odds.sum(axis=1, keepdims=True))


def test_the_bound_falls_as_more_confidence_is_asked() -> None:
    """It is the estimate with one half; the interval's ends are bounds, too."""
    one = some_outcome(2)
    found = compare(one, noisy(one, 1.0))
    assert found is not None
    low, high = found.interval
    assert low == found.bound(0.975) < found.bound(0.95) < found.bound(0.5) < high
    assert found.bound(0.5) == found.estimate


def test_a_class_of_too_few_rows_does_not_count() -> None:
    """Nor does one that leaves too few for the others; if none counts, there is no figure."""
    few = Outcome(("a", "b"), np.array([0] * 20 + [1] * 3), np.full((23, 2), 0.5))
    assert compare(few, few, least=3) is not None
    assert compare(few, few, least=4) is None
    assert compare(few.select(few.truth == 0), few.select(few.truth == 0)) is None


def test_a_class_of_one_row_gives_a_figure() -> None:
    """Nothing is known of its spread: that of the other rows must do."""
    one = Outcome(("a", "b"), np.array([0] * 20 + [1]), some_outcome(2, 21).probabilities)
    found = compare(one, noisy(one, 1.0))
    assert found is not None
    assert found.standard_error > 0
