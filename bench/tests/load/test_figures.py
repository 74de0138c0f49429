"""The medians of rounds."""

import pytest

from bench.load.figures import Figures, medians


def figures(answered: int, p50_ms: float, failed: int = 0) -> Figures:
    return Figures(answered, failed, seconds=2.0, p50_ms=p50_ms, p99_ms=9.0, p999_ms=10.0)


def test_the_middle_round_counts_and_failures_add_up() -> None:
    """One disturbed round moves no figure, and hides no failure."""
    seen = medians([figures(200, 1.0), figures(20, 30.0, failed=3), figures(220, 1.1, failed=1)])

    assert seen.per_s == pytest.approx(100)
    assert seen.p50_ms == pytest.approx(1.1)
    assert seen.failed == 4


def test_a_quantile_needs_answers_beyond_it() -> None:
    """A 99.9th percentile of two hundred answers would be their maximum: it is not given."""
    seen = medians([figures(200, 1.0)])

    assert seen.p99_ms == pytest.approx(9.0)
    assert seen.p999_ms is None
