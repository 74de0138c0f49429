"""The tables of the benchmark of the servers, in Markdown."""

from bench.load.figures import Medians
from bench.measurements.servers.contestants import (
    FLOOR,
    INSTANCES,
    INVOCATIONS,
    MLFLOW,
    PREDICT,
    SPLIT,
)
from bench.measurements.servers.results import ByLine, Results
from bench.measurements.servers.rounds import MANY_CONNECTIONS, REFERENCE, SHARE
from bench.measurements.servers.starts import FROM_CACHE
from bench.output.goals import Goal, expect_at_least, expect_at_most, format_goals
from bench.output.table import format_number, format_ratio, format_table
from bench.testbed.bodies import MANY_ROWS

_LATENCIES = ["p50 ms", "p99 ms", "p99.9 ms", "failed"]
_MEGABYTES = "MB"


def format_tables(results: Results) -> str:
    """Formats all tables with headings."""
    sections = [
        (
            f"One row per request, closed loop, {_format_connections(count)}",
            _format_one_row(rounds.compute_medians()),
        )
        for count, rounds in results.one_row.items()
    ]
    sections += [
        (
            f"{MANY_ROWS:,} rows per request, closed loop, {MANY_CONNECTIONS} connections",
            _format_many_rows(results.many_rows.compute_medians()),
        ),
        (
            f"One row per request, open loop at {SHARE:.0%} of the rate at {REFERENCE} connections",
            _format_half_load(results),
        ),
        ("Start and memory", _format_starts(results)),
        ("Goals", format_goals(list_goals(results))),
    ]
    parts = [f"### {title}\n\n{table}" for title, table in sections]
    return "\n\n".join([*parts, f"Machine: {results.machine}."])


def _format_connections(count: int) -> str:
    return "one connection" if count == 1 else f"{count} connections"


def format_summary(results: Results) -> str:
    """Formats one table for the README."""
    latencies = ["p50 ms, one connection", "p99 ms, half load"]
    head = ["", "requests/s", "vs. MLflow", *latencies, "start s", "PSS MB"]
    capacity = results.one_row[REFERENCE].compute_medians()
    alone = results.one_row[1].compute_medians()
    half = results.half_load.compute_medians()
    rows = []
    for name, start in results.starts.items():
        line = PREDICT if name == "Baton" else name
        if line not in capacity or start.loaded is None:
            continue
        rows.append(
            [
                name,
                format_number(capacity[line].per_s),
                format_ratio(capacity[line].per_s, _get_rate(capacity, MLFLOW)),
                format_number(alone[line].p50_ms),
                format_number(half[line].p99_ms if line in half else None),
                format_number(start.seconds),
                format_number(start.loaded.pss_mb),
            ]
        )
    return format_table(head, rows)


def list_goals(results: Results) -> list[Goal]:
    """Lists the goals for which there are measurements."""
    capacity = results.one_row[REFERENCE].compute_medians()
    alone = results.one_row[1].compute_medians()
    many = results.many_rows.compute_medians()
    goals = [
        expect_at_least(
            f"`/predict` requests/s at {REFERENCE} connections, vs. the echo floor",
            0.5,
            capacity[PREDICT].per_s / capacity[FLOOR].per_s,
        ),
        expect_at_most(
            "`/predict` p50 at one connection, vs. the echo floor",
            2.5,
            (alone[PREDICT].p50_ms or 0) / (alone[FLOOR].p50_ms or 1),
        ),
    ]
    if MLFLOW in capacity:
        for line in (PREDICT, INVOCATIONS):
            route = line.rpartition(" ")[2]
            name = f"`{route}` requests/s at {REFERENCE} connections, vs. {MLFLOW}"
            goals.append(expect_at_least(name, 100, capacity[line].per_s / capacity[MLFLOW].per_s))
        for form, target in ((SPLIT, 5), (INSTANCES, 20)):
            baton, mlflow = many[f"{INVOCATIONS}, {form}"], many[f"{MLFLOW}, {form}"]
            name = f"`/invocations` rows/s, `{form}` of {MANY_ROWS:,} rows, vs. {MLFLOW}"
            goals.append(expect_at_least(name, target, baton.per_s / mlflow.per_s))
    start = results.starts[FROM_CACHE]
    goals += [
        expect_at_most("inference is ready from its cache, registry down", 2, start.seconds, "s"),
        expect_at_most("its resident memory after the start", 150, start.fresh.rss_mb, _MEGABYTES),
    ]
    return goals


def _format_one_row(medians: ByLine) -> str:
    head = ["", "requests/s", "vs. MLflow", "vs. floor", *_LATENCIES]
    mlflow, floor = _get_rate(medians, MLFLOW), _get_rate(medians, FLOOR)
    return format_table(
        head,
        [
            [
                name,
                format_number(each.per_s),
                format_ratio(each.per_s, mlflow),
                format_ratio(each.per_s, floor),
                *_format_latencies(each),
            ]
            for name, each in medians.items()
        ],
    )


def _format_many_rows(medians: ByLine) -> str:
    rows = []
    for name, each in medians.items():
        form = name.rpartition(", ")[2]
        mlflow = _get_rate(medians, f"{MLFLOW}, {form}")
        per_s = MANY_ROWS * each.per_s
        ratio = format_ratio(each.per_s, mlflow)
        rows.append([name, format_number(per_s), ratio, *_format_latencies(each)])
    return format_table(["", "rows/s", "vs. MLflow, same body", *_LATENCIES], rows)


def _format_half_load(results: Results) -> str:
    rows = [
        [name, format_number(results.offered[name]), *_format_latencies(each)]
        for name, each in results.half_load.compute_medians().items()
    ]
    return format_table(["", "offered/s", *_LATENCIES], rows)


def _format_starts(results: Results) -> str:
    head = ["", "start s", "RSS MB", "PSS MB", "RSS MB after the load", "PSS MB after the load"]
    rows = []
    for name, each in results.starts.items():
        after = (each.loaded.rss_mb, each.loaded.pss_mb) if each.loaded else (None, None)
        cells = (each.seconds, each.fresh.rss_mb, each.fresh.pss_mb, *after)
        rows.append([name, *map(format_number, cells)])
    return format_table(head, rows)


def _format_latencies(medians: Medians) -> list[str]:
    return [
        *map(format_number, (medians.p50_ms, medians.p99_ms, medians.p999_ms)),
        str(medians.failed),
    ]


def _get_rate(medians: ByLine, name: str) -> float | None:
    return medians[name].per_s if name in medians else None
