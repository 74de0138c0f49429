"""Other projects' rules see what they are known to see, and miss what they are known to miss."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from bench.measurements.rollout.hours import CANARIES, Hours
from bench.measurements.rollout.rules import (
    RULES,
    find_shift_interval,
    judge_by_flagger,
    judge_by_kayenta,
)

HOURS = 8


def record(name: str) -> Hours:
    """Records some hours of a canary."""
    canary = next(each for each in CANARIES if each.name == name)
    return canary.record(np.random.default_rng(18), HOURS)


def judge(rule: str, name: str) -> np.ndarray:
    """Returns the minutes of the aborts."""
    return RULES[rule](record(name), np.random.default_rng(1))


@pytest.mark.parametrize("name", [each.name for each in CANARIES if each.is_harmful])
def test_baton_aborts_harmful_canaries(name: str) -> None:
    """All of them, within the hour."""
    assert np.isfinite(judge("Baton", name)).all()


@pytest.mark.parametrize("name", [each.name for each in CANARIES if not each.is_harmful])
def test_baton_keeps_the_others(name: str) -> None:
    """None of these hours."""
    assert np.isinf(judge("Baton", name)).all()


def test_flagger_counts_failed_minutes() -> None:
    """The second minute fails, then the fourth: 1 and 2 failed checks."""
    canary = np.zeros((1, 5, 600))
    canary[0, 1, 1:21:2] = canary[0, 3, 1:21:2] = 1  # 10 of 300 rows
    hours = Hours("failures", np.zeros_like(canary), canary)

    assert judge_by_flagger(hours, 1) == [2]
    assert judge_by_flagger(hours, 2) == [4]
    assert judge_by_flagger(hours, 3) == [np.inf]
    assert judge_by_flagger(Hours("scores", canary, canary), 1) == [np.inf]


def test_flagger_misses_half_a_percent_and_blames_the_canary_for_common_failures() -> None:
    """One threshold for the canary alone cannot tell them apart."""
    assert np.isinf(judge("Flagger, 10", "fails on 0.5 %")).any()
    assert np.isfinite(judge("Flagger, 1 failed check", "both versions fail on 1.5 %")).all()


def test_kayenta_sees_shifts_of_either_sign() -> None:
    """And none between equal versions."""
    hours = record("scores + 0.1")
    rng = np.random.default_rng(1)
    mirrored = Hours("scores", hours.canary, hours.production)

    assert np.isfinite(judge_by_kayenta(hours, rng)).all()
    assert np.isfinite(judge_by_kayenta(mirrored, rng)).all()
    assert np.isinf(judge_by_kayenta(Hours("failures", *[np.zeros((2, 60, 600))] * 2), rng)).all()


def test_shift_interval_is_the_inverted_test() -> None:
    """Scipy's test rejects shifts just outside of it, and no shift just inside."""
    rng = np.random.default_rng(3)
    control, experiment = rng.normal(0, 1, 40), rng.normal(0.7, 1, 50)

    low, high, estimate = find_shift_interval(control, experiment)

    assert low < estimate < high
    for end, outside in ((low, -1e-9), (high, 1e-9)):
        p_out, p_in = (
            mannwhitneyu(experiment - end - step, control, method="asymptotic").pvalue
            for step in (outside, -outside)
        )
        assert p_out < 0.02 <= p_in


def test_a_peeked_z_test_alarms_at_the_limit() -> None:
    """It was made for one look."""
    assert np.isfinite(judge("peeked z-test", "scores + 0.05, the limit")).any()
