"""The tables of the benchmark of the swaps, in Markdown."""

from statistics import median

from bench.load.figures import compute_medians
from bench.measurements.swaps.benchmark import SHARE
from bench.measurements.swaps.results import Phases, SwapResults
from bench.output.goals import Goal, expect_at_most, format_goals, or_nan
from bench.output.table import format_number, format_table

_MARGIN_MS = 2.0


def format_tables(results: SwapResults) -> str:
    """Formats all tables with headings."""
    sections = [
        (
            f"{len(results.swap_s)} swaps at {SHARE:.0%} load: {results.per_s:,.0f} requests/s",
            _format_latencies(results),
        ),
        ("Memory", _format_memory(results)),
        ("Goals", format_goals(list_goals(results))),
    ]
    parts = [f"### {title}\n\n{table}" for title, table in sections]
    return "\n\n".join([*parts, f"Machine: {results.machine}."])


def list_goals(results: SwapResults) -> list[Goal]:
    """Lists the goals."""
    swapping, calm = (
        compute_medians(results.swapping.figures),
        compute_medians(results.calm.figures),
    )
    memory = results.memory
    first, last = memory[min(memory)], memory[max(memory)]
    swaps = len(results.swap_s)
    return [
        expect_at_most("failed requests", 0, swapping.failed, ""),
        expect_at_most("answers that mix two versions", 0, results.swapping.mixed, ""),
        expect_at_most("alias moves that inference missed", 0, swaps - results.counted, ""),
        expect_at_most(
            "p99 during swaps, less 2 ms, vs. without swaps",
            2,
            (or_nan(swapping.p99_ms) - _MARGIN_MS) / or_nan(calm.p99_ms),
        ),
        expect_at_most("p99.9 during swaps", 50, or_nan(swapping.p999_ms), "ms"),
        expect_at_most(
            f"growth of resident memory from swap {min(memory)} to swap {max(memory):,}",
            5,
            100 * (last.rss_mb / first.rss_mb - 1),
            "%",
        ),
    ]


def _format_latencies(results: SwapResults) -> str:
    head = ["", "requests", "failed", "mixed", "p50 ms", "p99 ms", "p99.9 ms", "longest ms"]
    rows = [
        _format_row("during swaps", results.swapping),
        _format_row("without swaps", results.calm),
    ]
    swap_ms = [1e3 * seconds for seconds in results.swap_s]
    swap_times = (
        "Time from the alias move to the first answer of the new version: "
        f"median {format_number(median(swap_ms))} ms, maximum {format_number(max(swap_ms))} ms."
    )
    return f"{format_table(head, rows)}\n\n{swap_times}"


def _format_row(name: str, phases: Phases) -> list[str]:
    medians = compute_medians(phases.figures)
    latencies = (medians.p50_ms, medians.p99_ms, medians.p999_ms, 1e3 * phases.longest_s)
    return [
        name,
        format_number(sum(each.answered for each in phases.figures)),
        format_number(medians.failed),
        format_number(phases.mixed),
        *map(format_number, latencies),
    ]


def _format_memory(results: SwapResults) -> str:
    chosen = sorted({min(results.memory), max(results.memory)})
    rows = [
        [f"after {swaps:,} swaps", format_number(memory.rss_mb), format_number(memory.pss_mb)]
        for swaps, memory in results.memory.items()
        if swaps in chosen
    ]
    return format_table(["", "RSS MB", "PSS MB"], rows)
