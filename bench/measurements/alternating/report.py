"""The tables of loads on several processes by turns."""

from bench.load.rounds import Rounds, Value, get_p99, get_rate
from bench.measurements.alternating.loads import CALLERS, CONNECTIONS
from bench.measurements.alternating.results import AlternatingResults
from bench.output.table import format_number, format_table


def format_loads(results: AlternatingResults, base: str, last: str, get_last: Value) -> str:
    """Formats a table of each load with its heading.

    Args:
        results: the figures of both loads.
        base: the process with which the others are compared. Ratios are medians within rounds: the
            speed of a shared machine changes between rounds by more than what is measured.
        last: the head of the last column.
        get_last: its value.
    """
    load = f"{CALLERS} callers who pause, {results.offered_per_s:,.0f}/s in all"
    return (
        f"### One row per request, closed loop, {CONNECTIONS} connections\n\n"
        f"{_format_rounds(results.saturated, base, last, get_last)}\n\n"
        f"### The same at half load: {load}\n\n"
        f"{_format_rounds(results.half_load, base, last, get_last)}"
    )


def _format_rounds(rounds: Rounds, base: str, last: str, get_last: Value) -> str:
    vs = f"vs. {base}"
    head = ["", "requests/s", vs, "CPU µs a request", vs, "p50 ms", "p99 ms", vs, last]
    rows = []
    for name in rounds.figures:
        cells = (
            rounds.compute_median(name, get_rate),
            rounds.compute_ratio(name, base, get_rate),
            rounds.compute_median(name, lambda figures: figures.cpu_us),
            rounds.compute_ratio(name, base, lambda figures: figures.cpu_us),
            rounds.compute_median(name, lambda figures: figures.p50_ms),
            rounds.compute_median(name, get_p99),
            rounds.compute_ratio(name, base, get_p99),
            rounds.compute_median(name, get_last),
        )
        rows.append([name, *map(format_number, cells)])
    return format_table(head, rows)
