"""The tables of the benchmark of a canary's cost."""

from collections.abc import Callable
from statistics import median

from bench.load.figures import Figures
from bench.measurements.shadow.benchmark import CALLERS, NONE, OFF, SHADOW, TENTH
from bench.measurements.shadow.results import Measured, ShadowResults
from bench.output.goals import expect_at_least, expect_at_most, format_goals
from bench.output.table import format_number, format_table

Rounds = dict[str, list[Measured]]


def format_tables(results: ShadowResults) -> str:
    """Formats all tables with headings."""
    saturated, half = results.saturated, results.half_load
    goals = [
        expect_at_least("requests/s without a canary", 0.99, _compare_rate(saturated, NONE)),
        expect_at_least("requests/s with a shadow", 0.85, _compare_rate(saturated, SHADOW)),
        expect_at_least("requests/s with a canary of 10 %", 0.8, _compare_rate(saturated, TENTH)),
        expect_at_most("p99 at half load with a shadow", 1.25, _compare_p99(half, SHADOW)),
        expect_at_most("failed requests", 0, results.failed, ""),
    ]
    load = f"{CALLERS} callers who pause, {results.offered_per_s:,.0f}/s in all"
    return (
        "### One row per request, closed loop, 16 connections\n\n"
        f"{_format_rounds(saturated)}\n\n"
        f"### The same at half load: {load}\n\n"
        f"{_format_rounds(half)}\n\n"
        f"### Goals\n\n{format_goals(goals)}\n\nMachine: {results.machine}."
    )


def _format_rounds(rounds: Rounds) -> str:
    vs = f"vs. {OFF}"
    head = ["", "requests/s", vs, "CPU µs a request", vs, "p50 ms", "p99 ms", vs, "pairs/s"]
    rows = []
    for name, done in rounds.items():
        cells = (
            median(each.figures.per_s for each in done),
            _compare_rate(rounds, name),
            median(each.figures.cpu_us or 0 for each in done),
            _compare(rounds, name, lambda figures: figures.cpu_us or 0),
            median(each.figures.p50_ms for each in done),
            median(each.figures.p99_ms for each in done),
            _compare_p99(rounds, name),
            median(each.pairs_per_s for each in done),
        )
        rows.append([name, *map(format_number, cells)])
    return format_table(head, rows)


def _compare_rate(rounds: Rounds, name: str) -> float:
    return _compare(rounds, name, lambda figures: figures.per_s)


def _compare_p99(rounds: Rounds, name: str) -> float:
    return _compare(rounds, name, lambda figures: figures.p99_ms)


def _compare(rounds: Rounds, name: str, read: Callable[[Figures], float]) -> float:
    """Computes a figure relative to that of the process without a second alias.

    It is the median of the ratios within each round: the speed of a shared machine changes between
    rounds by more than what is measured.
    """
    pairs = zip(rounds[name], rounds[OFF], strict=True)
    return median(read(one.figures) / read(base.figures) for one, base in pairs)
