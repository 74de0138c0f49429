"""The difference between two samples, from their counts."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from baton_trainer.monitoring.drift.shift import Shift, compute_p_value, compute_psi, measure_shift


def test_equal_shares_are_no_difference() -> None:
    """Whatever the sizes of the samples."""
    shift = measure_shift([100, 200, 300], [1_000, 2_000, 3_000])
    assert shift.psi == 0.0
    assert shift.distance == pytest.approx(0.0, abs=1e-6)
    assert shift.p_value == pytest.approx(1.0)


def test_index_of_many_rows_is_the_usual_one() -> None:
    """Of many rows the corrections vanish."""
    before, now = np.array([5, 3, 2]) * 100_000, np.array([2, 3, 5]) * 100_000
    p, q = before / before.sum(), now / now.sum()
    assert compute_psi(before, now) == pytest.approx(((q - p) * np.log(q / p)).sum(), rel=1e-3)


def test_nothing_in_common_is_a_distance_of_1() -> None:
    assert measure_shift([500, 0], [0, 500]).distance == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [300, 3_000, 30_000])
@pytest.mark.parametrize("bins", [2, 10, 101])
def test_index_of_unchanged_rows_is_about_0(rows: int, bins: int) -> None:
    """Chance alone is subtracted. Without that, 101 bins and 300 rows give 0.35."""
    rng = np.random.default_rng(3)
    shares = np.full(bins, 1 / bins)
    values = [
        compute_psi(rng.multinomial(5_616, shares), rng.multinomial(rows, shares))
        for _ in range(200)
    ]
    assert np.mean(values) < 0.02
    assert max(values) < 0.1


def test_p_value_of_full_bins_is_that_of_the_chi_square_test() -> None:
    table = np.array([[500, 300, 200], [70, 20, 30]])
    expected = chi2_contingency(table, correction=False).pvalue
    assert compute_p_value(table) == pytest.approx(expected, rel=1e-9)


def test_p_value_of_sparse_bins_is_that_of_random_tables() -> None:
    """As Fisher's exact test has it. The chi-square distribution says 0.00001."""
    table = np.array([[997, 3], [96, 4]])
    assert compute_p_value(table) == pytest.approx(fisher_exact(table).pvalue, abs=0.0015)


def test_p_value_is_the_same_each_time() -> None:
    table = np.array([[997, 3], [96, 4]])
    assert compute_p_value(table) == compute_p_value(table)


def test_p_value_can_be_as_small_as_many_tests_need() -> None:
    """The first of 500 tests rejects at 0.0001."""
    table = np.array([[5_000, 2], [200, 100]])
    assert compute_p_value(table, tests=500) <= 0.05 / 500
    assert compute_p_value(table, tests=5_000) <= 0.05 / 5_000


@pytest.mark.parametrize("shares", [[0.995, 0.003, 0.002], [0.9] + [0.002] * 50])
def test_sparse_bins_keep_the_level(shares: list[float]) -> None:
    """The chi-square distribution alone rejects 10 % of such tables at 5 %, and 2 % at 0.1 %."""
    rng = np.random.default_rng(4)
    values = np.array(
        [
            measure_shift(rng.multinomial(5_616, shares), rng.multinomial(300, shares), 500).p_value
            for _ in range(1_000)
        ]
    )
    assert (values <= 0.05).mean() <= 0.07
    assert (values <= 0.001).mean() <= 0.005


def test_one_bin_has_no_difference() -> None:
    """A column with one value."""
    assert measure_shift([10, 0], [500, 0]) == Shift(0.0, 0.0, 1.0)


def test_an_empty_sample_is_an_error() -> None:
    with pytest.raises(ValueError, match="no rows"):
        measure_shift([1, 2], [0, 0])
