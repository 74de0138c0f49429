"""The tables of the benchmark of the swaps, in Markdown."""

import math
from statistics import median

from bench.load.figures import medians
from bench.measurements.swaps.benchmark import SHARE
from bench.measurements.swaps.results import Phases, SwapResults
from bench.output.goals import Goal, at_most, goal_table
from bench.output.table import markdown, number


def full(results: SwapResults) -> str:
    """Every table, with headings."""
    sections = [
        (
            f"{len(results.swap_s)} swaps at {SHARE:.0%} load: {results.per_s:,.0f} requests/s",
            _latencies(results),
        ),
        ("Memory", _memory(results)),
        ("Goals", goal_table(goals(results))),
    ]
    parts = [f"### {title}\n\n{table}" for title, table in sections]
    return "\n\n".join([*parts, f"On {results.machine}."])


def goals(results: SwapResults) -> list[Goal]:
    """What can be said of the goals."""
    swapping, calm = medians(results.swapping.figures), medians(results.calm.figures)
    memory = results.memory
    first, last = memory[min(memory)], memory[max(memory)]
    swaps = len(results.swap_s)
    return [
        at_most("failed requests", 0, swapping.failed, ""),
        at_most("answers that mix two versions", 0, results.swapping.mixed, ""),
        at_most("moves of the alias that inference skipped", 0, swaps - results.counted, ""),
        at_most("p99 while swapping, of p99 without", 2, _ratio(swapping.p99_ms, calm.p99_ms)),
        at_most("p99.9 while swapping", 50, _or_nan(swapping.p999_ms), "ms"),
        at_most(
            f"growth of resident memory from swap {min(memory)} to swap {max(memory):,}",
            5,
            100 * (last.rss_mb / first.rss_mb - 1),
            "%",
        ),
    ]


def _ratio(one: float | None, other: float | None) -> float:
    return _or_nan(one) / _or_nan(other)


def _or_nan(value: float | None) -> float:
    """A quantile that could not be resolved meets no goal."""
    return math.nan if value is None else value


def _latencies(results: SwapResults) -> str:
    head = ["", "requests", "failed", "mixed", "p50 ms", "p99 ms", "p99.9 ms", "longest ms"]
    rows = [
        _row("while swapping", results.swapping),
        _row("without", results.calm),
    ]
    swap_ms = [1e3 * seconds for seconds in results.swap_s]
    told = (
        "From the move of the alias to the first answer of the new version: "
        f"{number(median(swap_ms))} ms at the median, {number(max(swap_ms))} ms at most."
    )
    return f"{markdown(head, rows)}\n\n{told}"


def _row(name: str, seen: Phases) -> list[str]:
    middle = medians(seen.figures)
    latencies = (middle.p50_ms, middle.p99_ms, middle.p999_ms, 1e3 * seen.longest_s)
    return [
        name,
        number(sum(each.answered for each in seen.figures)),
        number(middle.failed),
        number(seen.mixed),
        *map(number, latencies),
    ]


def _memory(results: SwapResults) -> str:
    chosen = sorted({min(results.memory), max(results.memory)})
    rows = [
        [f"after {swaps:,} swaps", number(memory.rss_mb), number(memory.pss_mb)]
        for swaps, memory in results.memory.items()
        if swaps in chosen
    ]
    return markdown(["", "RSS MB", "PSS MB"], rows)
