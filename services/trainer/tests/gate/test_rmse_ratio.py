import numpy as np
import pytest

from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.gate.rmse_ratio import RmseRatio, compare_rmse
from tests.support.trainer.values import some_values


def scale_errors(outcome: ValueOutcome, factor: float, noise: float = 0.0) -> ValueOutcome:
    """Returns predictions of a model with other errors for the same rows."""
    rng = np.random.default_rng(1)
    errors = factor * outcome.errors + noise * rng.normal(size=len(outcome.truth))
    return ValueOutcome(outcome.truth, outcome.truth + errors)


def compare(first: ValueOutcome, second: ValueOutcome) -> RmseRatio:
    ratio = compare_rmse(first, second)
    assert ratio is not None
    return ratio


def test_ratio_is_that_of_the_rmses() -> None:
    one = some_values()
    ratio = compare(scale_errors(one, 1.2, 40), one)
    assert ratio.second == pytest.approx(one.quality)
    assert ratio.estimate == pytest.approx(ratio.first / ratio.second)
    assert ratio.worsening == pytest.approx(ratio.estimate - 1)
    low, high = ratio.interval
    assert low < ratio.estimate < high


def test_model_does_not_differ_from_itself() -> None:
    """Training again on the same data passes any margin, also if the model is perfect."""
    for outcome in (some_values(), scale_errors(some_values(), 0)):
        ratio = compare(outcome, outcome)
        assert (ratio.estimate, ratio.interval) == (1, (1, 1))
        assert ratio.bound_worsening_above(0.95) == ratio.bound_worsening_below(0.95) == 0


def test_rows_are_drawn_for_both() -> None:
    """Errors that are proportional have the same ratio in every draw."""
    one = some_values()
    low, high = compare(scale_errors(one, 1.3), one).interval
    assert (low, high) == pytest.approx((1.3, 1.3))


def test_most_intervals_contain_the_true_ratio() -> None:
    """It should be 19 of 20; the ratio of 40,000 rows is taken as the true one."""
    every = some_values(40_000)
    other = scale_errors(every, 1.0, 60)
    truth, rng = compare(other, every).estimate, np.random.default_rng(2)
    held = []
    for _ in range(60):
        rows = rng.integers(40_000, size=300)
        low, high = compare(other.select(rows), every.select(rows)).interval
        held.append(low <= truth <= high)
    assert np.mean(held) > 0.85


def test_more_rows_make_the_interval_narrower_even_if_sampled() -> None:
    """Its width falls with the square root of their number."""
    widths = []
    for rows in (4_000, 64_000):
        every = some_values(rows)
        widths.append(np.ptp(compare(scale_errors(every, 1.0, 60), every).interval))
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.25)


def test_bounds_rise_with_the_confidence() -> None:
    """The worsening is not above the one, and not below the other."""
    one = some_values()
    ratio = compare(scale_errors(one, 1.1, 50), one)
    above = [ratio.bound_worsening_above(each) for each in (0.05, 0.5, 0.95)]
    assert above == sorted(set(above))
    assert ratio.bound_worsening_below(0.95) == pytest.approx(above[0])
    assert above[1] == pytest.approx(ratio.worsening, abs=0.01)


def test_too_few_rows_give_no_ratio() -> None:
    one = some_values(19)
    assert compare_rmse(one, one, min_rows=20) is None
    assert compare_rmse(one, one, min_rows=19) is not None
