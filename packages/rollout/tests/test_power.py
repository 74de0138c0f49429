"""What a number of pairs finds, as the decision and the documents claim it."""

from itertools import pairwise

import pytest

from baton_rollout.limits import Limits
from baton_rollout.power import Power, compute_power


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        (100, Power(0.062, 0.30, 0.167)),
        (300, Power(0.026, 0.21, 0.095)),
        (1_000, Power(0.012, 0.16, 0.069)),
        (2_000, Power(0.008, 0.14, 0.063)),
        (20_000, Power(0.0025, 0.11, 0.054)),
    ],
)
def test_power_is_as_published(pairs: int, expected: Power) -> None:
    """docs/decisions/027-evidence.md has this table; bench/tests simulates a row of it."""
    power = compute_power(pairs, Limits())

    assert power.failures == pytest.approx(expected.failures, rel=0.03)
    assert power.other_label == pytest.approx(expected.other_label, rel=0.03)
    assert power.score == pytest.approx(expected.score, rel=0.03)


def test_more_pairs_find_less_harm() -> None:
    """Down to the limit itself, never below it."""
    powers = [compute_power(pairs, Limits()) for pairs in (20, 100, 1_000, 10_000, 1_000_000)]

    for more, less in pairwise(powers):
        assert more.failures > less.failures > 0.001
        assert more.other_label > less.other_label > 0.1
        assert more.score > less.score > 0.05


def test_too_few_pairs_find_nothing() -> None:
    """Fewer than 20 decide nothing."""
    assert compute_power(19, Limits()) == Power(1, 1, 1)


def test_a_limit_that_allows_everything_finds_nothing() -> None:
    """Of other labels; failures are found as ever."""
    power = compute_power(2_000, Limits(other_label=1.0))

    assert power.other_label == 1
    assert power.failures < 0.01
