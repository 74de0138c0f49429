"""What a number of pairs finds, as the guide claims it."""

from itertools import pairwise
from pathlib import Path

import pytest

from baton_rollout.limits import Limits
from baton_rollout.power import Power, compute_power

GUIDE = Path(__file__).parents[3] / "docs/rollout.md"


@pytest.mark.parametrize("pairs", [100, 300, 1_000, 2_000, 20_000])
def test_power_is_as_published(pairs: int) -> None:
    """The guide has this table; bench/tests simulates a row of it."""
    power = compute_power(pairs, Limits())
    shares = f"{100 * power.failures:.2g} % | {100 * power.other_label:.2g} %"
    row = f"| {pairs:,} | {shares} | {100 * power.score:.2g} points |"
    assert row in GUIDE.read_text().splitlines()


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
