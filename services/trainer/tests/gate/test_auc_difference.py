from dataclasses import replace

import numpy as np
import pytest

from baton_trainer.evaluation.classes import metrics as evaluation
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.gate.auc_difference import compare_auc
from tests.support.trainer.tables import add_noise, some_outcome


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_figures_are_the_same_as_in_scikit_learn(classes: int) -> None:
    """Ties included; for more than two classes the mean, each against the rest."""
    one = some_outcome(classes)
    two = replace(one, probabilities=add_noise(one, 0.5).probabilities.round(1))
    difference = compare_auc(one, two)
    assert difference is not None
    assert difference.first == pytest.approx(evaluation.compute_roc_auc(one))
    assert difference.second == pytest.approx(evaluation.compute_roc_auc(two))


def test_standard_error_follows_delongs_definition() -> None:
    """The definition of 1988, pair by pair, ties counted half."""
    one = some_outcome(2, 200)
    two = replace(one, probabilities=add_noise(one, 1.0).probabilities.round(1))
    positive_shares, negative_shares = [], []
    for each in (one, two):
        scores = each.probabilities[:, 1]
        distances = scores[one.truth == 1][:, None] - scores[one.truth == 0][None, :]
        kernel = (np.sign(distances) + 1) / 2
        positive_shares.append(kernel.mean(axis=1))
        negative_shares.append(kernel.mean(axis=0))
    covariance = np.cov(positive_shares) / (one.truth == 1).sum()
    covariance += np.cov(negative_shares) / (one.truth == 0).sum()
    expected = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    difference = compare_auc(one, two)
    assert difference is not None
    assert difference.standard_error == pytest.approx(expected)


@pytest.mark.parametrize("classes", [2, 3])
def test_standard_error_is_the_spread_over_new_rows(classes: int) -> None:
    """The differences of many similar tables vary as much as one table predicts."""
    tables = [sample(classes, seed) for seed in range(300)]
    differences = [each for pair in tables if (each := compare_auc(*pair))]
    assert len(differences) == len(tables)
    spread = np.std([each.estimate for each in differences])
    assert np.mean([each.standard_error for each in differences]) == pytest.approx(spread, rel=0.15)


def sample(classes: int, seed: int) -> tuple[ClassOutcome, ClassOutcome]:
    """Two classifiers' outcomes on 400 new rows, with equally many rows of each class."""
    rng = np.random.default_rng(seed)
    truth = np.arange(400) % classes
    odds = np.exp(rng.normal(size=(400, classes)) + np.eye(classes)[truth])
    one = ClassOutcome(tuple(range(classes)), truth, odds / odds.sum(axis=1, keepdims=True))
    return one, add_noise(one, 0.7, seed)


def test_model_does_not_differ_from_itself() -> None:
    """Training again on the same data passes any margin."""
    one = some_outcome(3)
    difference = compare_auc(one, one)
    assert difference is not None
    assert (difference.estimate, difference.standard_error, difference.interval) == (0, 0, (0, 0))


def test_paired_interval_is_narrower() -> None:
    """Both classifiers err on the same rows."""
    one = some_outcome(2, 1_000)
    difference = compare_auc(one, add_noise(one, 0.1))
    other = compare_auc(one, other_outcome())
    assert difference is not None
    assert other is not None
    assert np.ptp(difference.interval) < np.ptp(other.interval) / 4


def other_outcome() -> ClassOutcome:
    """An equally good classifier with other errors."""
    one = some_outcome(2, 1_000)
    rng = np.random.default_rng(99)
    odds = np.exp(rng.normal(size=(1_000, 2)) + np.eye(2)[one.truth])
    return replace(one, probabilities=odds / odds.sum(axis=1, keepdims=True))


def test_lower_bound_falls_with_the_confidence() -> None:
    """Confidence 0.5 gives the estimate; the ends of the interval are bounds, too."""
    one = some_outcome(2)
    difference = compare_auc(one, add_noise(one, 1.0))
    assert difference is not None
    bounds = [difference.lower_bound(each) for each in (0.975, 0.95, 0.5, 0.025)]
    assert bounds == sorted(set(bounds))
    assert difference.interval == pytest.approx((bounds[0], bounds[-1]))
    assert difference.lower_bound(0.5) == difference.estimate


def test_upper_bound_is_as_far_from_the_estimate_as_the_lower_bound() -> None:
    """The ends of the interval are bounds of the same confidence."""
    one = some_outcome(2)
    difference = compare_auc(one, add_noise(one, 1.0))
    assert difference is not None
    lower, upper = difference.lower_bound(0.975), difference.upper_bound(0.975)
    assert upper - difference.estimate == pytest.approx(difference.estimate - lower)
    assert difference.interval == (lower, upper)
    assert difference.upper_bound(0.5) == difference.estimate


def test_class_with_too_few_rows_does_not_count() -> None:
    """The other classes need as many rows; if no class counts, there is no figure."""
    few = ClassOutcome(("a", "b"), np.array([0] * 20 + [1] * 3), np.full((23, 2), 0.5))
    assert compare_auc(few, few, min_rows=3) is not None
    assert compare_auc(few, few, min_rows=4) is None
    assert compare_auc(few.select(few.truth == 0), few.select(few.truth == 0)) is None


def test_class_of_one_row_gives_a_figure() -> None:
    """Its spread is unknown; the spread of the other rows is used."""
    one = ClassOutcome(("a", "b"), np.array([0] * 20 + [1]), some_outcome(2, 21).probabilities)
    difference = compare_auc(one, add_noise(one, 1.0))
    assert difference is not None
    assert difference.standard_error > 0
