"""A sample of whole rollouts through the product's decision."""

from collections import Counter
from typing import Literal

import numpy as np
import pytest

from baton_rollout.judgement import TRIP_ODDS, find_harm, judge
from baton_rollout.pair_counts import PairCounts
from bench.measurements.rollout.whole.counts import TickCounts
from bench.measurements.rollout.whole.replica import LIMITS, Replica
from bench.measurements.rollout.whole.rows import World, draw_rows
from bench.measurements.rollout.whole.simulation import WORLDS, simulate

TICKS = 60


def test_good_canaries_are_promoted_and_bad_ones_aborted() -> None:
    """With restarts of replicas and of the controller."""
    rng = np.random.default_rng(18)
    good, bad = ([simulate(rng, world) for _ in range(4)] for world in (WORLDS[0], WORLDS[-1]))

    assert Counter(each.end for each in good) == {"promoted": 4}
    assert all(each.minutes >= 40 for each in good)
    assert Counter(each.end for each in bad) == {"aborted": 4}
    assert all(each.weight == 0 and "fail" in each.message for each in bad)


@pytest.mark.parametrize("keys", ["equal", "heavy", "sessions"])
def test_rows_are_on_the_limits_at_night(keys: Literal["equal", "heavy", "sessions"]) -> None:
    """Else the simulation would show nothing: failures at night, and half of them by day."""
    world = World("", 50.0, 1.0, keys)
    rng = np.random.default_rng(1)
    rows = [draw_rows(rng, world, 80) for _ in range(40)]
    tick = np.concatenate([each.tick for each in rows])
    fails = np.concatenate([each.fails for each in rows])
    is_night = (tick > 20) & (tick < 60)

    assert fails[is_night].mean() == pytest.approx(0.05, rel=0.15)
    assert fails[~is_night].mean() == pytest.approx(0.025, rel=0.15)


def test_counts_of_ticks_add_up() -> None:
    """Those of two spans are those of both."""
    rows = draw_rows(np.random.default_rng(1), World("", 10.0, 1.0, "heavy"), TICKS)
    counts = TickCounts.count(rows, TICKS)
    whole = counts.between(0, TICKS)

    assert counts.between(0, 20) + counts.between(20, TICKS) == whole
    assert whole.pairs == len(rows.tick)
    assert PairCounts.from_json(whole.to_json()) == whole


def test_a_replica_trips_when_the_product_would() -> None:
    """And stays so after a restart."""
    rng = np.random.default_rng(1)
    replica = Replica.create("one", rng, World("", 40.0, 0.5, "heavy"), TICKS)
    replica.starts, replica.is_silent = [0, 30], np.zeros(TICKS, dtype=bool)
    at = replica.tripped_at

    before, after = (judge(replica.counts.between(0, tick), LIMITS) for tick in (at - 1, at))

    assert 1 < at < 30
    assert find_harm(before, TRIP_ODDS) is None
    assert find_harm(after, TRIP_ODDS) is not None
    assert [replica.report(tick, 0.0).state for tick in (at - 1, at)] == ["shadow", "tripped"]
    assert replica.report(33, 0.0).state == "tripped"


def test_evidence_of_ticks_is_the_products() -> None:
    """Of all signals, before and after a restart."""
    rows = draw_rows(np.random.default_rng(1), World("", 3.0, 1.2, "heavy"), TICKS)
    counts = TickCounts.count(rows, TICKS)

    evidence = counts.find_greatest_evidence(20, TICKS, LIMITS)

    for tick in (20, 21, 40, TICKS - 1):
        judgements = judge(counts.between(20, tick + 1), LIMITS)
        expected = max(each.log_evidence for each in judgements if each.decides)
        assert evidence[tick - 20] == pytest.approx(expected)


def test_a_replica_that_restarts_counts_from_zero() -> None:
    """Under another name, after it has loaded the canary."""
    rng = np.random.default_rng(1)
    replica = Replica.create("one", rng, WORLDS[0], TICKS)
    replica.starts, replica.is_silent = [0, 30], np.zeros(TICKS, dtype=bool)

    before, loading, after = (replica.report(tick, 10.0) for tick in (29, 30, 33))

    assert before.counts is not None
    assert after.counts is not None
    assert loading.state == "loading"
    assert before.process != after.process
    assert after.counts.pairs < before.counts.pairs / 5
    replica.is_silent[40] = True
    assert replica.report(40, 10.0).problem
