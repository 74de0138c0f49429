"""A sample of the simulations: false aborts are rare, and harm is found as fast as designed."""

from collections import Counter

import numpy as np
import pytest

from baton_rollout.judgement import ABORT_ODDS
from baton_rollout.limits import Limits
from baton_rollout.power import compute_power
from baton_rollout.signals import SIGNALS, Signal
from bench.measurements.rollout.differences import spread_normal
from bench.measurements.rollout.results import Delay
from bench.measurements.rollout.scenarios import BOUNDARIES, Harm, list_harms
from bench.measurements.rollout.streams import Differences, Ones, Scale, find_first
from bench.measurements.rollout.wealth import NEVER

HARMS = {harm.name: harm for harm in list_harms()}


@pytest.mark.parametrize("signal", SIGNALS)
def test_few_canaries_at_their_limit_are_aborted(signal: Signal) -> None:
    """500 rollouts, looked at after every pair; `scripts/bench rollout` simulates the whole."""
    scale = Scale(500, 500)

    aborts = BOUNDARIES[signal].find_aborts(np.random.default_rng(18), scale)

    assert (aborts < NEVER).sum() <= 0.008 * scale.rollouts


@pytest.mark.parametrize(
    "name", ["fails on every row", "fails on 1 %", "slower on 75 %", "scores + 0.1 (spread 0.1)"]
)
def test_harm_is_found_as_fast_as_designed(name: str) -> None:
    """Median and 95th percentile are at most a fifth above the design."""
    harm = HARMS[name]
    scale = Scale(200, harm.pairs, (ABORT_ODDS, 10_000.0))

    delay = Delay(harm, harm.stream.find_aborts(np.random.default_rng(18), scale))

    assert delay.compute_quantile(0.5) <= 1.2 * harm.median
    assert delay.compute_quantile(0.95) <= 1.2 * harm.late
    assert delay.compute_quantile(0.5, 1) <= 1.2 * (harm.trip or 0)


def test_published_power_is_right() -> None:
    """At the least harm that 1,000 pairs find, 95 of 100 rollouts have enough evidence by then."""
    rng = np.random.default_rng(18)
    power = compute_power(1_000, Limits())
    shift = Differences(spread_normal(power.score, 0.1), (-0.05, 0.05))
    streams = (Ones(power.failures, 0.001), Ones(power.other_label, 0.1), shift)

    for stream in streams:
        aborts = stream.find_aborts(rng, Scale(400, 1_000, pairs_a_look=100))
        assert 0.92 <= (aborts < NEVER).mean() <= 1


def test_an_impossible_abort_never_comes() -> None:
    """Without a one there is no abort, and the quantile is infinite."""
    stream = Ones(0.0, 0.1)

    aborts = stream.find_aborts(np.random.default_rng(1), Scale(10, 100))

    assert (aborts == NEVER).all()
    harm = Harm("none", stream, 100, 1, 1, None)
    assert Delay(harm, aborts).compute_quantile(0.5) == float("inf")


def test_first_hit_is_counted_from_one() -> None:
    """As pairs are."""
    hits = np.array([[False, True, True], [False, False, False], [True, False, False]])

    assert find_first(hits).tolist() == [2, NEVER, 1]


def test_names_of_harms_are_different() -> None:
    """Each is one line of the table."""
    assert Counter(harm.name for harm in list_harms()).most_common(1)[0][1] == 1
