"""Simulates windows of unchanged data, and windows in which one column has changed."""

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.verdict import judge_columns
from bench.machine.usage import describe_machine, read_usage
from bench.measurements.drift.columns import CategorySource, NumberSource, Source, draw_columns
from bench.measurements.simulation import create_rng, map_in_order, open_pool
from bench.output.progress import show_progress

SEED = 21
ROWS_BEFORE = 5_616
CHANGED = "changed"
_CHUNK = 50  # windows of one call


@dataclass(frozen=True)
class Size:
    """How much is simulated.

    Attributes:
        columns: the numbers of columns.
        rows: the numbers of rows in a window.
        windows: windows of unchanged data of each.
        changes: windows of each change.
        processes: the number of processes; 1: this one.
    """

    columns: tuple[int, ...]
    rows: tuple[int, ...]
    windows: int
    changes: int
    processes: int = 2


FULL = Size((19, 500), (300, 1_000, 10_000, 100_000), 1_000, 200)
QUICK = Size((19, 500), (300, 10_000), 50, 20)


class Change(NamedTuple):
    """A change of one column."""

    name: str
    source: Source
    shift: float = 0.0
    other: float = 0.0


_THREE = CategorySource((0.55, 0.24, 0.21))
CHANGES = (
    *(Change(f"numbers, greater by {s:g} sd", NumberSource(), s) for s in (0.2, 0.3, 0.5, 1.0)),
    *(Change(f"one category, 55% → {0.55 + s:.0%}", _THREE, s / 0.45) for s in (0.1, 0.2, 0.3)),
    *(Change(f"missing, 0 → {s:.0%}", NumberSource(), other=s) for s in (0.02, 0.05, 0.1)),
    *(Change(f"a new category, {s:.0%}", _THREE, other=s) for s in (0.02, 0.05, 0.1)),
)


class Case(NamedTuple):
    """Windows of so many columns and rows."""

    columns: int
    rows: int


@dataclass
class DriftResults:
    """The results.

    Attributes:
        size: how much was simulated.
        false_alarms: windows in which any column is called drifted, though none has changed.
        significant: the same without the limit of the index.
        found: windows in which the changed column is found, by change and rows.
        machine: the machine.
    """

    size: Size
    false_alarms: dict[Case, int] = field(default_factory=dict)
    significant: dict[Case, int] = field(default_factory=dict)
    found: dict[tuple[str, int], int] = field(default_factory=dict)
    machine: str = ""


def run(size: Size) -> DriftResults:
    """Runs all simulations."""
    start = read_usage()
    results = DriftResults(size)
    chunks = [
        (Case(columns, rows), first)
        for columns in size.columns
        for rows in size.rows
        for first in range(0, size.windows, _CHUNK)
    ]
    changes = [(change, rows) for change in CHANGES for rows in size.rows]
    with show_progress(len(chunks) + len(changes)) as step, open_pool(size.processes) as pool:
        counts = map_in_order(pool, partial(_count_alarms, size), chunks)
        for (case, first), (alarms, significant) in zip(chunks, counts, strict=True):
            results.false_alarms[case] = results.false_alarms.get(case, 0) + alarms
            results.significant[case] = results.significant.get(case, 0) + significant
            step(f"unchanged: {case.columns} columns, {case.rows:,} rows, from {first}")
        found = map_in_order(pool, partial(_count_found, size), changes)
        for (change, rows), count in zip(changes, found, strict=True):
            results.found[change.name, rows] = count
            step(f"changed: {change.name}, {rows:,} rows")
    results.machine = describe_machine(start, read_usage())
    return results


def _count_alarms(size: Size, chunk: tuple[Case, int]) -> tuple[int, int]:
    """Counts windows with an alarm, and those with a significant difference of any size."""
    case, first = chunk
    rng = create_rng(SEED, f"{case.columns} {case.rows} {first}")
    alarms = significant = 0
    for _ in range(min(_CHUNK, size.windows - first)):
        judged = judge_columns(draw_columns(rng, case.columns, ROWS_BEFORE, case.rows))
        alarms += any(each.has_drifted for each in judged)
        significant += any((each.adjusted or 0.0) <= 0.05 for each in judged)  # noqa: PLR2004
    return alarms, significant


def _count_found(size: Size, task: tuple[Change, int]) -> int:
    """Counts windows in which the changed column is found among 18 others."""
    change, rows = task
    rng = create_rng(SEED, f"{change.name} {rows}")
    count = 0
    for _ in range(size.changes):
        cells = change.source.draw(rng, ROWS_BEFORE, rows, change.shift, change.other)
        changed = ColumnDrift(CHANGED, "column", cells, ROWS_BEFORE)
        judged = judge_columns([changed, *draw_columns(rng, 18, ROWS_BEFORE, rows)])
        count += any(each.has_drifted for each in judged if each.name == CHANGED)
    return count
