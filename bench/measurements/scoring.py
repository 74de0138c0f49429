"""The benchmark of bulk scoring: `baton score` with a CSV file and a Parquet file of the same rows.

One process scores both files, one after another, round by round. The rate is rows per second of its
processor time, so other work on the machine matters little. The memory is that of the command.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from baton_cli.bulk.csv_table import CsvFormat
from baton_cli.bulk.job import Job
from baton_cli.bulk.loaded_version import LoadedVersion, load_version
from baton_cli.bulk.sink import write_output
from baton_cli.bulk.tables import open_table
from baton_cli.settings import CliSettings, load
from baton_trainer.tables import churn
from bench.errors import CannotRun
from bench.machine import usage
from bench.output.goals import expect_at_least, expect_at_most, format_goals
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import Testbed

FORMATS = {"csv": "CSV", "parquet": "Parquet"}
ROWS, QUICK_ROWS = 200_000, 20_000
ROUNDS = 10
SHARE_GOAL, MEMORY_GOAL = 0.5, 1.1

_MB_IN_KIB = 1e6 / 1024


@dataclass
class ScoringResults:
    """The results of a run.

    Attributes:
        rows: the number of rows.
        cpu_s: processor time of each round, in seconds, by format.
        peak_mb: peak resident memory of the command, in MB of 10^6 bytes, by format.
        machine: description of the machine.
    """

    rows: int
    cpu_s: Mapping[str, Sequence[float]] = field(default_factory=dict)
    peak_mb: Mapping[str, float] = field(default_factory=dict)
    machine: str = ""


async def run(testbed: Testbed, rows: int, rounds: int) -> ScoringResults:
    """Scores the built-in table with that many rows, round by round."""
    folder = testbed.home.path / "scoring"
    folder.mkdir()
    with show_progress(len(FORMATS) + 2) as step:
        table = churn.generate(rows)
        table.to_csv(folder / "in.csv", index=False)
        table.to_parquet(folder / "in.parquet", index=False)
        step(f"generated {rows:,} rows")
        start = usage.read_usage()
        peak_mb = {}
        for kind, name in FORMATS.items():
            peak_mb[kind] = await _measure_peak_mb(testbed, folder, kind)
            step(f"{name}: {peak_mb[kind]:.0f} MB")
        arguments = ("-m", "bench.measurements.scoring", str(folder), str(rounds))
        program = testbed.create_program("scoring in rounds", sys.executable, *arguments)
        cpu_s = json.loads(await testbed.read_output(program))
        step(f"scored both files {rounds} times")
        machine = usage.describe_machine(start, usage.read_usage())
        return ScoringResults(rows, cpu_s, peak_mb, machine)


async def _measure_peak_mb(testbed: Testbed, folder: Path, kind: str) -> float:
    score = ("score", str(folder / f"in.{kind}"), "--output", str(folder / "out.parquet"))
    command = ("-m", "bench.machine.peak", sys.executable, "-m", "baton_cli", *score)
    program = testbed.create_program(f"scoring {kind}", sys.executable, *command)
    return int(await testbed.read_output(program)) / _MB_IN_KIB


def measure_cpu_s(model: LoadedVersion, file: Path) -> float:
    """Scores a file; returns the processor time of this process, in seconds."""
    started_s = time.process_time()
    with file.open("rb") as source:
        job = Job(open_table(file, source, CsvFormat(), model.rule), model, None)
        write_output(job.score(_fail), job.schema, file.with_name("out.parquet"), None)
    return time.process_time() - started_s


def _fail(text: str) -> None:
    raise CannotRun(f"a row of the built-in table is bad: {text}")


def format_tables(results: ScoringResults) -> str:
    """Formats all tables with headings."""
    head = ["", "rows/s of CPU time", "CPU µs a row", "vs. Parquet", "peak MB"]
    rows = []
    for kind, name in FORMATS.items():
        row_s = median(results.cpu_s[kind]) / results.rows
        cells = (1 / row_s, 1e6 * row_s, compute_share(results, kind), results.peak_mb[kind])
        rows.append([name, *map(format_number, cells)])
    memory = results.peak_mb["csv"] / results.peak_mb["parquet"]
    goals = [
        expect_at_least("rows/s of CSV, vs. Parquet", SHARE_GOAL, compute_share(results, "csv")),
        expect_at_most("peak memory of CSV, vs. Parquet", MEMORY_GOAL, memory),
    ]
    title = f"{results.rows:,} rows of 20 columns, output to Parquet"
    rounds = len(results.cpu_s["csv"])
    return (
        f"### {title}\n\n{format_table(head, rows)}\n\n### Goals\n\n{format_goals(goals)}\n\n"
        f"Machine: {results.machine}; medians of {rounds} rounds."
    )


def compute_share(results: ScoringResults, kind: str) -> float:
    """Computes the rate of a format relative to Parquet: the median within rounds."""
    pairs = zip(results.cpu_s["parquet"], results.cpu_s[kind], strict=True)
    return median(parquet_s / cpu_s for parquet_s, cpu_s in pairs)


def main(folder: Path, rounds: int) -> dict[str, list[float]]:
    """Scores both files in rounds; returns the processor times, in seconds, by format."""
    model = load_version(load(CliSettings), None)
    cpu_s: dict[str, list[float]] = {kind: [] for kind in FORMATS}
    for number in range(rounds + 1):
        for kind, done in cpu_s.items():
            seconds = measure_cpu_s(model, folder / f"in.{kind}")
            if number:  # the first round warms up
                done.append(seconds)
    return cpu_s


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), int(sys.argv[2])), sys.stdout)
