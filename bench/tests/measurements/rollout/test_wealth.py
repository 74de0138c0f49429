"""The vectorised evidence is that of the product."""

from collections import Counter
from math import log

import numpy as np
import pytest

from baton_rollout.evidence import log_evidence
from baton_rollout.judgement import judge
from baton_rollout.limits import Limits
from baton_rollout.pair_counts import PairCounts
from baton_rollout.signals import GRID, round_randomly
from bench.measurements.rollout.differences import round_all, spread_normal, spread_values
from bench.measurements.rollout.wealth import (
    NEVER,
    build_log_factors,
    compute_log_mean,
    compute_share_evidence,
    find_abort_counts,
)


def test_evidence_of_shares_is_the_products() -> None:
    """For some counts of ones."""
    ones, pairs = np.array([0, 1, 7, 50]), np.array([20, 1, 700, 50])

    evidence = compute_share_evidence(ones, pairs, 0.01)

    expected = [
        log_evidence({0.0: n - k, 1.0: k}, 0.01, 0.0) for k, n in zip(ones, pairs, strict=True)
    ]
    assert evidence == pytest.approx(expected)


@pytest.mark.parametrize("limit", [0.001, 0.1, 0.5])
def test_abort_counts_are_the_least_that_abort(limit: float) -> None:
    """One less does not; before 20 pairs nothing does."""
    counts = find_abort_counts(limit, 500, 125.0)

    assert (counts[:19] == NEVER).all()
    for pairs in (20, 21, 137, 500):
        least = int(counts[pairs - 1])
        at, below = (
            log_evidence({0.0: pairs - ones, 1.0: ones}, limit, 0.0) for ones in (least, least - 1)
        )
        assert at >= log(125) > below


def test_evidence_of_differences_is_the_products() -> None:
    """Both directions, as `judge` computes them."""
    rng = np.random.default_rng(1)
    histogram = np.bincount(rng.choice(41, 300, p=spread_normal(0.08, 0.1)), minlength=41)
    limits = Limits()
    score = judge(PairCounts(300, 0, 300, score={"": tuple(histogram.tolist())}), limits)[3]

    evidence = compute_log_mean(histogram @ build_log_factors(*limits.get_score_range("")))

    assert float(evidence) == pytest.approx(score.log_evidence)


def test_spread_is_that_of_random_rounding() -> None:
    """The share of each value, and the mean."""
    rng = np.random.default_rng(2)
    drawn = Counter(round_randomly(0.137, lot) for lot in rng.random(20_000))

    shares = spread_values({0.137: 1.0})

    assert shares @ GRID == pytest.approx(0.137)
    for index in np.flatnonzero(shares):
        assert drawn[int(index)] / 20_000 == pytest.approx(shares[index], abs=0.01)
    assert len(drawn) == np.count_nonzero(shares)


def test_mean_of_normal_differences_is_exact() -> None:
    """The boundary is exactly on the limit, and clipping counts."""
    assert spread_normal(0.05, 0.1) @ GRID == pytest.approx(0.05, abs=1e-12)
    assert round_all(np.array([5.0, -5.0])) @ GRID == pytest.approx(0)
