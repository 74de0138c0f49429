"""The intervals contain the mean at all times, and shrink."""

import random
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_rollout.evidence import log_evidence
from baton_rollout.interval import find_interval
from baton_rollout.signals import GRID

ROLLOUTS = 100
LOOKS = (10, 20, 40, 80, 160, 320, 640)


@pytest.mark.parametrize("share", [0.02, 0.5])
def test_interval_contains_the_mean_at_every_look(share: float) -> None:
    """It may ever miss the mean in 5 % of the rollouts; of 100 rollouts, in at most 8."""
    lots = random.Random(18)
    missed = 0
    for _ in range(ROLLOUTS):
        values = [lots.random() < share for _ in range(LOOKS[-1])]
        shown = [
            find_interval({0.0: pairs - sum(values[:pairs]), 1.0: sum(values[:pairs])}, 0.0, 1.0)
            for pairs in LOOKS
        ]
        missed += not all(low <= share <= high for low, high in shown)

    assert missed <= 0.08 * ROLLOUTS


@given(st.dictionaries(st.sampled_from(GRID), st.integers(1, 10_000), min_size=1, max_size=6))
def test_ends_are_where_the_evidence_reaches_its_threshold(counts: dict[float, int]) -> None:
    """Outside of the interval each mean is refuted at 40 : 1; inside none is."""
    low, high = find_interval(counts, -1.0, 1.0)
    mean = sum(value * count for value, count in counts.items()) / sum(counts.values())

    assert -1 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 1
    if low > -1 + 1e-6:
        assert log_evidence(counts, low - 1e-7, -1.0) >= log(40) - 1e-9
    if low + 1e-6 < mean:
        assert log_evidence(counts, low + 1e-6, -1.0) <= log(40) + 1e-3


def test_more_pairs_make_it_narrower() -> None:
    """41,203 pairs without a failure leave less than 0.1 % possible."""
    few = find_interval({0.0: 50}, 0.0, 1.0)
    many = find_interval({0.0: 41_203}, 0.0, 1.0)

    assert few[0] == many[0] == 0
    assert many[1] < 0.001 < few[1] < 0.2


def test_without_values_everything_is_possible() -> None:
    """A new rollout shows the whole range."""
    assert find_interval({}, -1.0, 1.0) == (-1.0, 1.0)
    assert find_interval({0.5: 0}, -1.0, 1.0) == (-1.0, 1.0)
