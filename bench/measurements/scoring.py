"""The benchmark of bulk scoring: `baton score` with a CSV file and a Parquet file of the same rows.

Each round scores both. The rate is rows per second of processor time, without that of the start: a
round also scores a table of one row in each format. So other work on the machine matters little.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from baton_trainer.tables import churn
from bench.machine import usage
from bench.output.goals import expect_at_least, expect_at_most, format_goals
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import Testbed

FORMATS = ("csv", "parquet")
ROWS, QUICK_ROWS = 500_000, 50_000
ROUNDS = 5
SHARE_GOAL, MEMORY_GOAL = 0.5, 1.1

_MB_IN_KIB = 1e6 / 1024


@dataclass(frozen=True)
class Scoring:
    """One round of one format.

    Attributes:
        per_s: rows per second of processor time, start not included.
        start_s: processor time of a table of one row, in seconds.
        peak_mb: peak resident memory, in MB of 10^6 bytes.
    """

    per_s: float
    start_s: float
    peak_mb: float


@dataclass
class ScoringResults:
    """The results of a run.

    Attributes:
        rows: the number of rows.
        scorings: the rounds by format.
        machine: description of the machine.
    """

    rows: int
    scorings: dict[str, list[Scoring]] = field(default_factory=dict)
    machine: str = ""


async def run(testbed: Testbed, rows: int, rounds: int) -> ScoringResults:
    """Scores the built-in table with that many rows, round by round."""
    folder = testbed.home.path / "scoring"
    folder.mkdir()
    results = ScoringResults(rows, {kind: [] for kind in FORMATS})
    with show_progress(rounds * len(FORMATS) + 1) as step:
        for name, count in (("table", rows), ("row", 1)):
            table = churn.generate(count)
            table.to_csv(folder / f"{name}.csv", index=False)
            table.to_parquet(folder / f"{name}.parquet", index=False)
        step(f"generated {rows:,} rows")
        start = usage.read_usage()
        for number in range(1, rounds + 1):
            for kind in FORMATS:
                scoring = await _score(testbed, folder, kind, rows)
                results.scorings[kind].append(scoring)
                step(f"round {number}/{rounds}, {kind}: {scoring.per_s:,.0f} rows/s")
        results.machine = usage.describe_machine(start, usage.read_usage())
    return results


async def _score(testbed: Testbed, folder: Path, kind: str, rows: int) -> Scoring:
    start_s, _ = await _run_command(testbed, folder / f"row.{kind}")
    total_s, peak_mb = await _run_command(testbed, folder / f"table.{kind}")
    return Scoring((rows - 1) / (total_s - start_s), start_s, peak_mb)


async def _run_command(testbed: Testbed, file: Path) -> tuple[float, float]:
    """Scores a file; returns the processor time in seconds and the peak memory in MB."""
    score = ("score", str(file), "--output", str(file.parent / "scored.parquet"))
    command = ("-m", "bench.machine.peak", sys.executable, "-m", "baton_cli", *score)
    program = testbed.create_program(f"scoring {file.name}", sys.executable, *command)
    cpu_s, peak_kib = (await testbed.read_output(program)).split()
    return float(cpu_s), int(peak_kib) / _MB_IN_KIB


def format_tables(results: ScoringResults) -> str:
    """Formats all tables with headings."""
    head = ["", "rows/s of CPU time", "vs. Parquet", "start, CPU s", "peak MB"]
    rows = [
        [
            {"csv": "CSV", "parquet": "Parquet"}[kind],
            format_number(median(each.per_s for each in rounds)),
            format_number(_compute_ratio(results, kind, lambda each: each.per_s)),
            format_number(median(each.start_s for each in rounds)),
            format_number(median(each.peak_mb for each in rounds)),
        ]
        for kind, rounds in results.scorings.items()
    ]
    share = _compute_ratio(results, "csv", lambda each: each.per_s)
    memory = _compute_ratio(results, "csv", lambda each: each.peak_mb)
    goals = [
        expect_at_least("rows/s of CSV, vs. Parquet", SHARE_GOAL, share),
        expect_at_most("peak memory of CSV, vs. Parquet", MEMORY_GOAL, memory),
    ]
    title = f"{results.rows:,} rows of 20 columns, output to Parquet"
    count = len(results.scorings["csv"])
    return (
        f"### {title}\n\n{format_table(head, rows)}\n\n### Goals\n\n{format_goals(goals)}\n\n"
        f"Machine: {results.machine}; medians of {count} rounds."
    )


def _compute_ratio(results: ScoringResults, kind: str, value: Callable[[Scoring], float]) -> float:
    """Computes the median of the ratios to Parquet within each round."""
    pairs = zip(results.scorings[kind], results.scorings["parquet"], strict=True)
    return median(value(each) / value(other) for each, other in pairs)
