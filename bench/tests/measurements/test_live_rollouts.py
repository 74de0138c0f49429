"""The courses, the slope of the memory, and the tables of the live rollouts."""

from collections import Counter

import pytest

from bench.load.figures import Figures
from bench.machine.memory import Memory
from bench.measurements.live_rollouts.courses import Course, iterate_courses
from bench.measurements.live_rollouts.report import format_tables
from bench.measurements.live_rollouts.results import LiveRolloutResults


def test_most_rollouts_are_promoted_and_every_course_is_taken() -> None:
    counts = Counter(iterate_courses(200))
    assert {*counts} == {*Course}
    assert sum(count for course, count in counts.items() if course.is_promotion) == 140


def make_results(rss_mb: dict[int, float]) -> LiveRolloutResults:
    figures = Figures(5_000, 0, 10.0, p50_ms=1.0, p99_ms=2.0, p999_ms=3.0)
    return LiveRolloutResults(
        per_s=500.0,
        figures=[figures, figures],
        mixed=1,
        aliases=Counter(production=9_000, canary=1_000),
        courses={Course.PROMOTED: [3.0, 4.0, 8.0]},
        memory={count: Memory(mb, mb / 2) for count, mb in rss_mb.items()},
    )


def test_the_slope_leaves_out_what_the_first_phase_fills() -> None:
    growing = make_results({0: 50.0, 20: 100.0, 40: 101.0, 60: 102.0})
    assert growing.slope_mb == pytest.approx(5.0)
    assert make_results({0: 50.0, 20: 100.0, 40: 100.0}).slope_mb == pytest.approx(0.0)


def test_tables_show_what_was_missed() -> None:
    text = format_tables(make_results({0: 50.0, 20: 100.0, 40: 101.0}))
    assert "| 10,000   |         1,000 |      0 |     1 |" in text
    assert "| promoted by itself |        3 |     4.00 |      8.00 |" in text
    assert "Slope after the first phase: +5.00 MB per 100 rollouts." in text
    assert text.count("|  no |") == 2
