"""Signals are judged by their limits: what stops a canary, and what only reports."""

import json
from dataclasses import replace
from math import log

import pytest

from baton_rollout.judgement import ABORT_ODDS, TRIP_ODDS, SignalJudgement, find_harm, judge
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import EMPTY, Histogram, PairCounts
from baton_rollout.signals import GRID, SIGNALS, Signal, get_bounds


def build_histogram(**counts: int) -> Histogram:
    """Builds a histogram: `at_10=5` is five times the value of index 10."""
    filled = {int(name.removeprefix("at_")): count for name, count in counts.items()}
    return tuple(filled.get(index, 0) for index in range(len(EMPTY)))


SAME = build_histogram(at_20=2_000)  # no difference
HEALTHY = PairCounts(2_000, 0, 2_000, 60, 120, 2, {"Yes": SAME}, build_histogram(at_20=200))
HARMFUL: dict[Signal, PairCounts] = {
    "failures": replace(HEALTHY, failures=30, compared=1_970),
    "slower": replace(HEALTHY, slower=118),
    "other_label": replace(HEALTHY, other_labels=340),
    "score": replace(HEALTHY, score={"Yes": build_histogram(at_20=1_000, at_24=1_000)}),
    "quality": replace(HEALTHY, quality=build_histogram(at_20=150, at_24=50)),
}


def get(counts: PairCounts, signal: Signal, limits: Limits | None = None) -> SignalJudgement:
    """Returns the judgement of one signal."""
    return judge(counts, limits or Limits())[SIGNALS.index(signal)]


def test_a_healthy_canary_has_no_evidence_against_it() -> None:
    """Every signal is judged, in order, and the intervals show what is known."""
    judgements = judge(HEALTHY, Limits())

    assert tuple(each.signal for each in judgements) == SIGNALS
    assert find_harm(judgements, 1.01) is None
    for each in judgements:
        assert each.mean is not None
        assert each.interval[0] <= each.mean <= each.interval[1]


@pytest.mark.parametrize("signal", SIGNALS)
def test_harm_is_found_in_its_signal(signal: Signal) -> None:
    """The worst signal is named, and the others stay silent."""
    judgements = judge(HARMFUL[signal], Limits())
    harm = find_harm(judgements, ABORT_ODDS)

    assert harm is not None
    assert harm.signal == signal
    assert sum(each.log_evidence >= log(ABORT_ODDS) for each in judgements) == 1
    assert harm.mean is not None
    assert not harm.limit[0] <= harm.mean <= harm.limit[1]


def test_scores_that_fall_are_harm_too() -> None:
    """Both directions count, around what the gate saw."""
    falling = replace(HEALTHY, score={"Yes": build_histogram(at_20=1_000, at_16=1_000)})
    expected = Limits(score={"Yes": (-0.15, -0.05)})

    assert find_harm(judge(falling, Limits()), ABORT_ODDS) == get(falling, "score")
    assert find_harm(judge(falling, expected), 10) is None
    assert find_harm(judge(HEALTHY, expected), ABORT_ODDS) is not None


def test_one_class_of_several_is_enough_and_is_named() -> None:
    """The evidence is the mean of all classes: a tenth of that of the one that moved."""
    moved = build_histogram(at_20=1_000, at_24=1_000)
    one = replace(HEALTHY, score={"b": moved})
    ten = replace(HEALTHY, score={**dict.fromkeys("acdefghij", SAME), "b": moved})
    judgement = get(ten, "score")

    assert judgement.output == "b"
    assert judgement.mean == pytest.approx(0.1)
    assert judgement.log_evidence == pytest.approx(get(one, "score").log_evidence - log(10))
    assert find_harm([judgement], ABORT_ODDS) is not None


def test_fewer_than_twenty_pairs_decide_nothing() -> None:
    """Nineteen failures in nineteen pairs wait for the twentieth."""
    few = PairCounts(pairs=19, failures=19)

    assert get(few, "failures").log_evidence > log(TRIP_ODDS)
    assert find_harm(judge(few, Limits()), ABORT_ODDS) is None
    assert find_harm(judge(few + PairCounts(pairs=1, failures=1), Limits()), TRIP_ODDS) is not None


@pytest.mark.parametrize("signal", SIGNALS)
def test_an_expected_change_silences_behaviour_only(signal: Signal) -> None:
    """A version that is meant to answer otherwise must still not fail or be slow."""
    judgements = judge(HARMFUL[signal], Limits(expects_change=True))
    is_found = find_harm(judgements, ABORT_ODDS) is not None

    assert is_found == (signal not in ("other_label", "score"))
    assert max(each.log_evidence for each in judgements) >= log(ABORT_ODDS)  # it is reported


def test_nothing_is_known_without_pairs() -> None:
    """No mean, the whole range, odds of 1 : 1."""
    for each in judge(PairCounts(), Limits()):
        assert each.pairs == 0
        assert each.mean is None
        assert each.interval == get_bounds(each.signal)
        assert each.odds == 1
        assert not each.decides


def test_odds_are_finite() -> None:
    """JSON has no infinity."""
    judgement = get(PairCounts(pairs=10**6, failures=10**6), "failures")

    assert json.loads(json.dumps(judgement.odds)) > 1e300


def test_all_grid_values_are_read() -> None:
    """A histogram of ones has the mean 0."""
    judgement = get(replace(HEALTHY, score={"Yes": (1,) * len(GRID)}), "score")

    assert judgement.pairs == len(GRID)
    assert judgement.mean == pytest.approx(0, abs=1e-12)
