import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score
from sklearn.metrics import root_mean_squared_error as rmse

from baton_trainer.evaluation import intervals
from baton_trainer.evaluation.outcome import join_outcomes
from baton_trainer.evaluation.slice_metrics import compute_slice_metrics
from baton_trainer.evaluation.slices import Slice
from baton_trainer.evaluation.values.outcome import ValueOutcome
from baton_trainer.evaluation.values.slice_metrics import MIN_ROWS, ValueSliceMetrics
from tests.support.trainer.values import some_values


@given(st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99)), min_size=2, max_size=30))
def test_metrics_agree_with_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    """Except for R² of equal values, which is not defined."""
    truth, predictions = np.array(pairs, float).T
    result = ValueOutcome(truth, predictions).compute_metrics()
    assert result["rmse"] == pytest.approx(rmse(truth, predictions))
    assert result["mae"] == pytest.approx(mean_absolute_error(truth, predictions))
    assert result["median_ae"] == pytest.approx(median_absolute_error(truth, predictions))
    assert result["bias"] == pytest.approx((predictions - truth).mean())
    if np.ptp(truth):
        assert result["r2"] == pytest.approx(r2_score(truth, predictions))
    else:
        assert np.isnan(result["r2"])


def test_a_row_counts_as_often_as_it_is_drawn() -> None:
    """Repeating the rows has the same effect."""
    outcome = some_values(60)
    counts = np.random.default_rng(0).permuted(np.tile([0, 1, 2], (3, 20)), axis=1).astype(float)
    result = outcome.compute_resampled(counts)
    for place, each in enumerate(counts):
        drawn = outcome.select(np.repeat(np.arange(60), each.astype(int))).compute_metrics()
        assert {name: values[place] for name, values in result.items()} == pytest.approx(drawn)


def test_a_large_mean_cancels_no_digits() -> None:
    """R² of values near a billion."""
    outcome = some_values(200)
    moved = ValueOutcome(outcome.truth + 1e9, outcome.predictions + 1e9)
    assert moved.compute_metrics()["r2"] == pytest.approx(outcome.compute_metrics()["r2"], abs=1e-6)


def test_most_intervals_contain_the_true_value() -> None:
    """It should be 19 of 20; the metric of 40,000 rows is taken as the true value."""
    every = some_values(40_000)
    truth, rng = every.compute_metrics(), np.random.default_rng(1)
    held = [
        {name: low <= truth[name] <= high for name, (low, high) in result.items()}
        for result in (
            intervals.compute_intervals(every.select(rng.integers(40_000, size=300)), seed)
            for seed in range(60)
        )
    ]
    assert set(held[0]) == {"rmse", "mae", "median_ae", "r2", "bias"}
    for name in held[0]:
        assert np.mean([each[name] for each in held]) > 0.85, name


def test_metric_of_an_undefined_draw_has_no_interval() -> None:
    """Draws of a target that is hardly ever above 0 may have equal values."""
    truth = np.zeros(12)
    truth[0] = 5
    result = intervals.compute_intervals(ValueOutcome(truth, truth + 1), 0)
    assert "r2" not in result
    assert result["rmse"] == (1.0, 1.0)


def test_parts_are_joined_in_the_order_of_the_rows() -> None:
    """Given as a mask, or as indices."""
    outcome, is_even = some_values(9), np.arange(9) % 2 == 0
    parts = [(is_even, outcome.select(is_even)), (np.arange(1, 9, 2), outcome.select(~is_even))]
    joined = join_outcomes(parts)
    assert (joined.truth == outcome.truth).all()
    assert (joined.predictions == outcome.predictions).all()


def test_slice_with_the_largest_error_comes_first() -> None:
    """Its share of the squared error is that of all rows; a small slice is left out."""
    outcome = some_values(400)
    errors = np.where(np.arange(400) < 100, 5.0, 1.0) * outcome.errors
    worse = ValueOutcome(outcome.truth, outcome.truth + errors)
    groups = {"bad": np.arange(400) < 100, "good": np.arange(400) >= 100}
    groups["small"] = np.arange(400) < MIN_ROWS - 1
    slices = compute_slice_metrics(worse, [Slice("g", name, rows) for name, rows in groups.items()])
    first, second = (each for each in slices if isinstance(each, ValueSliceMetrics))
    assert (first.name, first.rows, second.name) == ("g = bad", 100, "g = good")
    assert first.rmse == pytest.approx(np.sqrt(np.mean(errors[:100] ** 2)))
    assert first.interval[0] < first.rmse < first.interval[1]
    assert first.error_share + second.error_share == pytest.approx(1)
    assert first.observed == pytest.approx(outcome.truth[:100].mean())
    assert first.predicted == pytest.approx(worse.predictions[:100].mean())
