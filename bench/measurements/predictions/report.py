"""The tables of the benchmark of the prediction log's cost."""

from collections.abc import Callable
from statistics import median

from bench.load.figures import Figures
from bench.measurements.predictions.benchmark import CALLERS, DEFAULT, EVERY, OFF
from bench.measurements.predictions.results import PredictionResults
from bench.output.goals import expect_at_least, expect_at_most, format_goals
from bench.output.table import format_number, format_table

Rounds = dict[str, list[Figures]]


def format_tables(results: PredictionResults) -> str:
    """Formats all tables with headings."""
    saturated, half = results.saturated, results.half_load
    goals = [
        expect_at_most("p99 at half load, 100 rows/s", 1.1, _compare_p99(half, DEFAULT)),
        expect_at_least("requests/s, 100 rows/s", 0.97, _compare_rate(saturated, DEFAULT)),
        expect_at_most("failed requests", 0, results.failed, ""),
        *(
            expect_at_most(f"lost rows, {name}", 0, rows.lost, "")
            for name, rows in results.rows.items()
        ),
    ]
    load = f"{CALLERS} callers who pause, {results.offered_per_s:,.0f}/s in all"
    return (
        "### One row per request, closed loop, 16 connections\n\n"
        f"{_format_rounds(saturated)}\n\n"
        f"### The same at half load: {load}\n\n"
        f"{_format_rounds(half)}\n\n"
        f"### Rows\n\n{_format_rows(results)}\n\n"
        f"### Goals\n\n{format_goals(goals)}\n\nMachine: {results.machine}."
    )


def _format_rounds(rounds: Rounds) -> str:
    vs = f"vs. {OFF}"
    head = ["", "requests/s", vs, "CPU µs a request", vs, "p50 ms", "p99 ms", vs, "p99.9 ms"]
    rows = []
    for name, done in rounds.items():
        cells = (
            median(each.per_s for each in done),
            _compare_rate(rounds, name),
            median(each.cpu_us or 0 for each in done),
            _compare(rounds, name, lambda figures: figures.cpu_us or 0),
            median(each.p50_ms for each in done),
            median(each.p99_ms for each in done),
            _compare_p99(rounds, name),
            median(each.p999_ms for each in done),
        )
        rows.append([name, *map(format_number, cells)])
    return format_table(head, rows)


def _format_rows(results: PredictionResults) -> str:
    head = ["", "answered", "sampled out", "in files", "lost", "files", "bytes a row"]
    rows = [
        [
            name,
            *(f"{each:,}" for each in (row.answered, row.sampled, row.in_files, row.lost)),
            f"{row.files:,}",
            format_number(row.size / max(row.in_files, 1)),
        ]
        for name in (DEFAULT, EVERY)
        if (row := results.rows.get(name)) is not None
    ]
    return format_table(head, rows)


def _compare_rate(rounds: Rounds, name: str) -> float:
    return _compare(rounds, name, lambda figures: figures.per_s)


def _compare_p99(rounds: Rounds, name: str) -> float:
    return _compare(rounds, name, lambda figures: figures.p99_ms)


def _compare(rounds: Rounds, name: str, read: Callable[[Figures], float]) -> float:
    """Computes a figure relative to that of the process without a log.

    It is the median of the ratios within each round: the speed of a shared machine changes between
    rounds by more than what is measured.
    """
    pairs = zip(rounds[name], rounds[OFF], strict=True)
    return median(read(one) / read(base) for one, base in pairs)
