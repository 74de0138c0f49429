"""The evidence that a version is worse than the one before."""

import math
from typing import Any

import numpy as np
import pytest

from baton_rollout.evidence import log_evidence
from baton_rollout.judgement import ABORT_ODDS, LEAST_PAIRS
from baton_trainer.errors import NotComparable
from baton_trainer.evaluation.classes.outcome import ClassOutcome
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.monitoring.quality.pairs.losses import (
    LIMIT,
    compute_loss_differences,
    judge_losses,
)


def make_classes(truth: list[int], *probabilities: list[float]) -> ClassOutcome:
    names = ("a", "b", "c")[: len(probabilities[0])]
    return ClassOutcome(names, np.array(truth, np.intp), np.array(probabilities))


def test_two_classes_compare_their_brier_scores() -> None:
    worse = make_classes([1, 0], [0.5, 0.5], [1.0, 0.0])
    better = make_classes([1, 0], [0.1, 0.9], [0.5, 0.5])
    differences = compute_loss_differences(worse, better, None)
    assert differences == pytest.approx([0.25 - 0.01, 0.0 - 0.25])


def test_more_classes_compare_half_of_their_brier_scores() -> None:
    """So the greatest difference is 1."""
    wrong = make_classes([0], [0.0, 1.0, 0.0])
    right = make_classes([0], [1.0, 0.0, 0.0])
    assert compute_loss_differences(wrong, right, None).tolist() == [1.0]
    assert compute_loss_differences(right, wrong, None).tolist() == [-1.0]


def test_regressions_compare_scaled_and_clipped_squared_errors() -> None:
    """The unit is twice the held-out RMSE of the version before."""
    truth = np.zeros(3)
    worse = ValueOutcome(truth, np.array([2.0, 100.0, 0.0]))
    better = ValueOutcome(truth, np.array([1.0, 0.0, 9.0]))
    differences = compute_loss_differences(worse, better, rmse_before=1.5)
    assert differences == pytest.approx([3 / 9, 1.0, -1.0])
    with pytest.raises(NotComparable, match="test_rmse"):
        compute_loss_differences(worse, better, rmse_before=None)


@pytest.mark.parametrize(
    ("truth", "worse", "better", "rmse", "difference"),
    [
        (1e200, 1.0, 2.0, 1.0, 1.0),  # of two huge errors, the first is greater
        (-1.7e308, 1.7e308, 0.0, 1.0, 1.0),  # an error that is no float
        (0.0, 1e200, 1.0, 1.0, 1.0),
        (0.0, 1e300, -1e300, 1.0, 0.0),
        (0.0, 1.7e308, -1.7e308, 1.0, 0.0),
        (1.7e308, -1.7e308, -1.7e308, 1.0, 0.0),
        (0.0, 1.0, 0.5, 1e-200, 1.0),
        (0.0, 1.0, 1.0, 1e-200, 0.0),
        (0.0, 1.0, 0.5, 1e200, 0.0),
    ],
)
def test_numbers_of_any_size_are_one_difference_at_most(
    truth: float, worse: float, better: float, rmse: float, difference: float
) -> None:
    """A label such as 1e200 does not void the comparison of the other rows."""
    first, second = (ValueOutcome(np.array([truth]), np.array([each])) for each in (worse, better))
    differences = compute_loss_differences(first, second, rmse)
    assert differences.tolist() == [difference]
    assert compute_loss_differences(second, first, rmse).tolist() == [-difference]
    assert np.isfinite(judge_losses(np.append(differences, np.ones(99))).odds)


def test_probabilities_of_any_size_are_one_difference_at_most() -> None:
    """Any program may have written a file of the log."""
    huge = make_classes([0, 0], [0.0, 1e200], [0.0, 1e200])
    fair = make_classes([0, 0], [1.0, 0.0], [0.0, 1e200])
    assert compute_loss_differences(huge, fair, None).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("rmse", [0.0, math.nan, math.inf])
def test_scale_that_is_no_number_is_one_line(rmse: float) -> None:
    outcome = ValueOutcome(np.zeros(1), np.ones(1))
    with pytest.raises(NotComparable, match="test_rmse"):
        compute_loss_differences(outcome, outcome, rmse_before=rmse)


def test_evidence_is_that_of_a_rollout() -> None:
    """Rounding down weakens it by almost nothing, and never strengthens it."""
    differences = np.random.default_rng(0).normal(0.03, 0.1, 500)
    exact = log_evidence({float(each): 1 for each in differences}, LIMIT, -1.0)
    judgement = judge_losses(differences)
    assert exact - 0.1 < judgement.log_evidence <= exact
    assert judgement.decides
    low, high = judgement.interval
    assert low < differences.mean() < high


def test_few_rows_decide_nothing() -> None:
    """However bad they are."""
    assert not judge_losses(np.ones(LEAST_PAIRS - 1)).decides
    assert judge_losses(np.ones(LEAST_PAIRS)).decides


def draw_paths(rng: np.random.Generator, paths: int, rows: int) -> Any:
    """Differences of Brier scores whose mean is exactly the limit."""
    spread = rng.choice([-0.3, -0.05, 0.05, 0.3], size=(paths, rows), p=[0.05, 0.45, 0.45, 0.05])
    return spread + LIMIT


def test_false_rollbacks_are_rare_at_the_boundary() -> None:
    """Looked at every night for 40 nights, a version at its limit is rolled back by 1 in 125.

    The evidence is computed for all paths at once; one path is compared with `judge_losses`.
    """
    rng = np.random.default_rng(7)
    paths, nights, rows = 2_000, 40, 50
    differences = draw_paths(rng, paths, nights * rows)
    fractions = np.array([0.9, *(2.0**-power for power in range(1, 12))])
    gains = (differences - LIMIT) / (LIMIT + 1)
    wealth = np.zeros((paths, nights))
    for fraction in fractions:
        logs = np.log1p(fraction * gains).cumsum(axis=1)[:, rows - 1 :: rows]
        wealth += np.exp(logs) / len(fractions)
    whole = judge_losses(differences[0]).log_evidence
    assert math.log(wealth[0, -1]) == pytest.approx(whole, abs=0.05)
    false = int((wealth.max(axis=1) >= ABORT_ODDS).sum())
    bound = paths / ABORT_ODDS
    assert false <= bound + 3 * math.sqrt(bound)


def test_harm_is_found() -> None:
    """A version that is worse by 0.03 is rolled back within 3,000 rows."""
    rng = np.random.default_rng(8)
    found = [judge_losses(draw + 0.03).odds >= ABORT_ODDS for draw in draw_paths(rng, 20, 3_000)]
    assert sum(found) >= 19
