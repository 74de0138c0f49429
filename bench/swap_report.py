"""The tables of the benchmark of the swaps, in Markdown."""

from statistics import median

import numpy as np

from bench.goals import Goal, at_most, goal_table
from bench.load.open_loop import quantiles_ms
from bench.swap_results import Phases, SwapResults
from bench.swaps import SHARE
from bench.table import markdown, number


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
    swapping, calm = results.swapping, results.calm
    _, p99, p999 = quantiles_ms(swapping.latencies_s)
    _, calm_p99, _ = quantiles_ms(calm.latencies_s)
    memory = results.memory
    first, last = memory[min(memory)], memory[max(memory)]
    swaps = len(results.swap_s)
    return [
        at_most("failed requests", 0, swapping.failed, ""),
        at_most("answers that mix two versions", 0, swapping.mixed, ""),
        at_most("moves of the alias that inference skipped", 0, swaps - results.counted, ""),
        at_most("p99 while swapping, of p99 without", 2, p99 / calm_p99),
        at_most("p99.9 while swapping", 50, p999, "ms"),
        at_most(
            f"growth of resident memory from swap {min(memory)} to swap {max(memory):,}",
            5,
            100 * (last.rss_mb / first.rss_mb - 1),
            "%",
        ),
    ]


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
    latencies_s = seen.latencies_s
    longest_ms = 1e3 * float(np.max(latencies_s))
    return [
        name,
        f"{len(latencies_s):,}",
        str(seen.failed),
        str(seen.mixed),
        *map(number, (*quantiles_ms(latencies_s), longest_ms)),
    ]


def _memory(results: SwapResults) -> str:
    chosen = sorted({min(results.memory), max(results.memory)})
    rows = [
        [f"after {swaps:,} swaps", number(memory.rss_mb), number(memory.pss_mb)]
        for swaps, memory in results.memory.items()
        if swaps in chosen
    ]
    return markdown(["", "RSS MB", "PSS MB"], rows)
