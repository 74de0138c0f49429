"""The tables of the benchmark of a canary's cost."""

from bench.load.rounds import Rounds, get_p99, get_rate
from bench.measurements.alternating.report import format_loads
from bench.measurements.alternating.results import AlternatingResults
from bench.measurements.shadow.benchmark import NONE, OFF, SHADOW, TENTH
from bench.output.goals import expect_at_least, expect_at_most, format_goals, or_nan


def format_tables(results: AlternatingResults) -> str:
    """Formats all tables with headings."""
    saturated, half = results.saturated, results.half_load
    goals = [
        expect_at_least("requests/s without a canary", 0.99, _compare_rate(saturated, NONE)),
        expect_at_least("requests/s with a shadow", 0.85, _compare_rate(saturated, SHADOW)),
        expect_at_least("requests/s with a canary of 10 %", 0.8, _compare_rate(saturated, TENTH)),
        expect_at_most(
            "p99 at half load with a shadow",
            1.25,
            or_nan(half.compute_ratio(SHADOW, OFF, get_p99)),
        ),
        expect_at_most("failed requests", 0, results.failed, ""),
    ]
    loads = format_loads(results, OFF, "pairs/s", lambda figures: figures.counted_per_s)
    return f"{loads}\n\n### Goals\n\n{format_goals(goals)}\n\nMachine: {results.machine}."


def _compare_rate(saturated: Rounds, name: str) -> float:
    return or_nan(saturated.compute_ratio(name, OFF, get_rate))
