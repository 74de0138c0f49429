"""The medians of rounds."""

from dataclasses import replace

import pytest

from bench.load.figures import Figures, compute_medians


def create_figures(answered: int, p50_ms: float, failed: int = 0) -> Figures:
    return Figures(answered, failed, seconds=2.0, p50_ms=p50_ms, p99_ms=9.0, p999_ms=10.0)


def test_median_ignores_an_outlier_and_failures_add_up() -> None:
    """A disturbed round changes no figure and hides no failure."""
    medians = compute_medians(
        [
            create_figures(200, 1.0),
            create_figures(20, 30.0, failed=3),
            create_figures(220, 1.1, failed=1),
        ]
    )

    assert medians.per_s == pytest.approx(100)
    assert medians.p50_ms == pytest.approx(1.1)
    assert medians.failed == 4
    assert medians.cpu_us is None


def test_processor_time_is_per_answer() -> None:
    """In microseconds; a server whose time is unknown has none."""
    figures = [replace(create_figures(200, 1.0), cpu_s=each) for each in (0.02, 0.01, 0.09)]

    assert [each.cpu_us for each in figures] == [100, 50, 450]
    assert compute_medians(figures).cpu_us == 100
    assert create_figures(0, 1.0).cpu_us is None


def test_count_is_per_second() -> None:
    """A load beside which nothing was counted has none."""
    assert replace(create_figures(200, 1.0), counted=500).counted_per_s == 250
    assert create_figures(200, 1.0).counted_per_s is None


def test_quantile_needs_answers_beyond_it() -> None:
    """The 99.9th percentile of two hundred answers would be their maximum, so it is missing."""
    medians = compute_medians([create_figures(200, 1.0)])

    assert medians.p99_ms == pytest.approx(9.0)
    assert medians.p999_ms is None
