"""Rounds: medians, and ratios within them."""

from dataclasses import replace

import pytest

from bench.load.figures import Figures
from bench.load.rounds import Rounds, Scale, get_rate


def create_figures(per_s: int, failed: int = 0) -> Figures:
    return Figures(per_s, failed, seconds=1.0, p50_ms=0.5, p99_ms=1.0, p999_ms=3.0)


def test_ratio_is_the_median_within_rounds() -> None:
    """The ratio of the medians would be 20."""
    rounds = Rounds(
        {
            "a": [create_figures(each) for each in (10, 200, 3000)],
            "b": [create_figures(each) for each in (10, 100, 10)],
        }
    )

    assert rounds.compute_ratio("a", "b", get_rate) == pytest.approx(2)


def test_ratio_to_a_missing_line_is_none() -> None:
    """A peer that did not run, or answered nothing, has no figures."""
    rounds = Rounds({"a": [create_figures(10)], "b": [create_figures(0)]})

    assert rounds.compute_ratio("a", "c", get_rate) is None
    assert rounds.compute_ratio("a", "b", get_rate) is None


def test_median_leaves_out_missing_values() -> None:
    """A value that all rounds lack has no median."""
    figures = [replace(create_figures(10), counted=each) for each in (30, None, 10)]
    rounds = Rounds({"a": figures})

    assert rounds.compute_median("a", lambda each: each.counted_per_s) == 20
    assert rounds.compute_median("a", lambda each: each.cpu_us) is None


def test_failures_of_all_lines_add_up() -> None:
    rounds = Rounds()
    for line, failed in (("a", 1), ("b", 2), ("a", 4)):
        rounds.add(line, create_figures(10, failed))

    assert rounds.failed == 7


def test_scale_describes_itself() -> None:
    """Without decimals of whole seconds."""
    assert str(Scale(10, 2.0)) == "medians of 10 rounds, 2 s per load"
