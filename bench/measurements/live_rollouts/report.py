"""The tables of the benchmark of live rollouts, in Markdown."""

from statistics import median

from bench.load.figures import compute_medians
from bench.measurements.live_rollouts.benchmark import SHARE
from bench.measurements.live_rollouts.courses import Course
from bench.measurements.live_rollouts.results import LiveRolloutResults
from bench.output.goals import Goal, expect_at_most, format_goals
from bench.output.table import format_number, format_table
from bench.testbed.testbed import ALIAS

MAX_SLOPE_MB = 2.0
"""MB per 100 rollouts: about two percent of the process."""


def format_tables(results: LiveRolloutResults) -> str:
    """Formats all tables with headings."""
    sections = [
        (
            f"{results.rollouts} rollouts at {SHARE:.0%} load: {results.per_s:,.0f} requests/s",
            f"{_format_answers(results)}\n\n{_format_courses(results)}",
        ),
        ("Memory of inference", _format_memory(results)),
        ("Goals", format_goals(list_goals(results))),
    ]
    parts = [f"### {title}\n\n{table}" for title, table in sections]
    return "\n\n".join([*parts, f"Machine: {results.machine}."])


def list_goals(results: LiveRolloutResults) -> list[Goal]:
    """Lists the goals."""
    return [
        expect_at_most("failed requests", 0, results.failed, ""),
        expect_at_most("answers that mix two versions", 0, results.mixed, ""),
        expect_at_most(
            "growth of resident memory per 100 rollouts", MAX_SLOPE_MB, results.slope_mb, "MB"
        ),
    ]


def _format_answers(results: LiveRolloutResults) -> str:
    head = ["requests", "by the canary", "failed", "mixed", "p50 ms", "p99 ms", "p99.9 ms"]
    medians = compute_medians(results.figures)
    answers = sum(each.answered for each in results.figures)
    cells = (
        answers,
        answers - results.aliases[ALIAS],
        results.failed,
        results.mixed,
        medians.p50_ms,
        medians.p99_ms,
        medians.p999_ms,
    )
    return format_table(head, [[*map(format_number, cells)]])


def _format_courses(results: LiveRolloutResults) -> str:
    rows = [
        [course.value, *map(format_number, (len(seconds), median(seconds), max(seconds)))]
        for course in Course
        if (seconds := results.courses.get(course))
    ]
    return format_table(["course", "rollouts", "median s", "longest s"], rows)


def _format_memory(results: LiveRolloutResults) -> str:
    rows = [
        [f"after {count:,} rollouts", format_number(memory.rss_mb), format_number(memory.pss_mb)]
        for count, memory in sorted(results.memory.items())
    ]
    slope = f"Slope after the first phase: {results.slope_mb:+.2f} MB per 100 rollouts."
    return f"{format_table(['', 'RSS MB', 'PSS MB'], rows)}\n\n{slope}"
