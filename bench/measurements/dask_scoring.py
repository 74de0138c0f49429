"""The benchmark of bulk scoring on Dask: `baton score` over many files with two workers.

It is compared with one process that scores the same rows in one file on one processor. Both times
are those of the whole command. Then a worker is killed in the middle. The rows are numbered, so
every output can be compared with that of the one process: row by row, in order.
"""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from baton_cli.processes.child import Child
from baton_cli.processes.ready import format_failure
from baton_trainer.tables import churn
from bench.errors import CannotRun
from bench.machine import usage
from bench.machine.memory import read_peak_mb
from bench.machine.processes import list_descendants, read_command
from bench.output.goals import expect_at_least, expect_at_most, format_goals
from bench.output.progress import show_progress
from bench.output.table import format_number, format_table
from bench.testbed.testbed import Testbed

ROWS, FILES = 20_000_000, 200
QUICK_ROWS, QUICK_FILES = 400_000, 20
WORKERS = 2
SPEED_UP_GOAL, MEMORY_GOAL_MB = 1.7, 700

_ANSWERS = ["row", "label", "probability_Yes"]
_POLL_S = 0.1


@dataclass(frozen=True)
class Scoring:
    """One run of the command.

    Attributes:
        seconds: from process start to exit.
        peak_mb: peak resident memory of the largest worker, in MB of 10^6 bytes.
        wrong_rows: rows that are lost, doubled or have another answer than in the one process.
    """

    seconds: float
    peak_mb: float
    wrong_rows: int = 0


@dataclass(frozen=True)
class DaskResults:
    """The results of a run.

    Attributes:
        rows: the number of rows.
        files: the number of files.
        alone: one process on one processor, one file.
        workers: two workers.
        killed: two workers, one of which is killed when half of the partitions are written.
        machine: description of the machine.
    """

    rows: int
    files: int
    alone: Scoring
    workers: Scoring
    killed: Scoring
    machine: str


async def run(testbed: Testbed, rows: int, files: int) -> DaskResults:
    """Scores the built-in table with that many rows, in one file and in many."""
    folder = testbed.home.path / "dask"
    (folder / "in").mkdir(parents=True)
    with show_progress(4) as step:
        _write_dataset(folder, rows, files)
        step(f"generated {rows:,} rows in {files} files")
        start = usage.read_usage()
        alone = await _score_alone(testbed, folder)
        step(f"one process: {alone.seconds:.1f} s, {alone.peak_mb:.0f} MB")
        workers = await _score_on_workers(testbed, folder, "two workers", _ignore)
        step(f"two workers: {workers.seconds:.1f} s, {workers.peak_mb:.0f} MB each")
        kill = _WorkerKiller(folder / "two workers, one killed", files // 2)
        killed = await _score_on_workers(testbed, folder, "two workers, one killed", kill)
        if not kill.is_done:
            raise CannotRun("the workers ended before one was killed; score more rows")
        step(f"one killed: {killed.seconds:.1f} s, {killed.wrong_rows} wrong rows")
        machine = usage.describe_machine(start, usage.read_usage())
    return DaskResults(rows, files, alone, workers, killed, machine)


def _write_dataset(folder: Path, rows: int, files: int) -> None:
    """Writes the same rows to one file and to `files` files; the column `row` numbers them."""
    each = rows // files
    table = pa.Table.from_pandas(churn.generate(each), preserve_index=False)
    schema = table.schema.append(pa.field("row", pa.int64()))
    with pq.ParquetWriter(folder / "in.parquet", schema) as whole:
        for number in range(files):
            ids = pa.array(np.arange(number * each, (number + 1) * each))
            part = table.append_column("row", ids)
            whole.write_table(part)
            pq.write_table(part, folder / "in" / f"{number:04}.parquet")


async def _score_alone(testbed: Testbed, folder: Path) -> Scoring:
    processor = str(min(os.sched_getaffinity(0)))
    score = ("score", str(folder / "in.parquet"), "--output", str(folder / "alone.parquet"))
    command = ("taskset", "--cpu-list", processor, sys.executable, "-m", "baton_cli", *score)
    return await _run(testbed, "one process", command, _ignore)


async def _score_on_workers(
    testbed: Testbed, folder: Path, title: str, watch: Callable[[list[int]], None]
) -> Scoring:
    output = folder / title
    score = ("score", str(folder / "in"), "--output", str(output), "--workers", str(WORKERS))
    scoring = await _run(testbed, title, (sys.executable, "-m", "baton_cli", *score), watch)
    wrong = count_wrong_rows(folder / "alone.parquet", output)
    return Scoring(scoring.seconds, scoring.peak_mb, wrong)


async def _run(
    testbed: Testbed, title: str, command: tuple[str, ...], watch: Callable[[list[int]], None]
) -> Scoring:
    """Runs a command; calls `watch` with the processes of its workers every 0.1 s."""
    program = testbed.create_program(title.replace(",", ""), *command)
    started_s, peak_mb = time.monotonic(), 0.0
    child = Child(program, testbed.lifeline)
    ended = asyncio.create_task(child.wait())
    try:
        while not ended.done():
            below = list_descendants(child.pid)
            workers = [pid for pid in below if "spawn_main" in read_command(pid)]
            peak_mb = max([peak_mb, *map(read_peak_mb, workers or below)])
            watch(workers)
            await asyncio.sleep(_POLL_S)
        seconds = time.monotonic() - started_s
    finally:
        child.kill()
    if await ended:
        raise CannotRun(format_failure(program, f"{title} failed"))
    return Scoring(seconds, peak_mb)


def _ignore(_workers: list[int]) -> None:
    pass


class _WorkerKiller:
    """Kills a worker when enough partitions are written."""

    def __init__(self, output: Path, partitions: int) -> None:
        self._output = output
        self._partitions = partitions
        self.is_done = False

    def __call__(self, workers: list[int]) -> None:
        written = len([*self._output.glob("part-*")])
        if not self.is_done and workers and written >= self._partitions:
            os.kill(workers[0], signal.SIGKILL)
            self.is_done = True


def count_wrong_rows(alone: Path, output: Path) -> int:
    """Counts rows of a dataset that are lost, doubled, or have another answer than in the file."""
    right, answers = (pq.read_table(path, columns=_ANSWERS) for path in (alone, output))
    rows = answers["row"].to_numpy()
    counts = np.bincount(rows, minlength=right.num_rows)
    wrong = counts != 1
    if not wrong.any():
        for name in _ANSWERS[1:]:
            ours, theirs = (table[name].to_numpy() for table in (right, answers))
            wrong |= ours != theirs[np.argsort(rows, kind="stable")]
    return int(wrong.sum())


def format_tables(results: DaskResults) -> str:
    """Formats all tables with headings."""
    head = ["", "seconds", "rows/s", "speed-up", "peak MB of a process", "wrong rows"]
    rows = [
        [
            name,
            format_number(each.seconds),
            format_number(results.rows / each.seconds),
            format_number(results.alone.seconds / each.seconds),
            format_number(each.peak_mb),
            format_number(each.wrong_rows),
        ]
        for name, each in (
            ("one process on one processor, one file", results.alone),
            (f"{WORKERS} workers, {results.files} files", results.workers),
            ("the same, one worker killed in the middle", results.killed),
        )
    ]
    speed_up = results.alone.seconds / results.workers.seconds
    wrong = results.workers.wrong_rows + results.killed.wrong_rows
    goals = [
        expect_at_least("speed-up by two workers", SPEED_UP_GOAL, speed_up),
        expect_at_most("memory of a worker", MEMORY_GOAL_MB, results.workers.peak_mb, "MB"),
        expect_at_most("rows lost, doubled or different", 0, wrong, "rows"),
    ]
    title = f"{results.rows:,} rows of 21 columns"
    return (
        f"### {title}\n\n{format_table(head, rows)}\n\n### Goals\n\n{format_goals(goals)}\n\n"
        f"Machine: {results.machine}."
    )
