"""The tables of the benchmark of the servers, in Markdown."""

from bench.load.figures import Medians
from bench.load.rounds import Rounds, get_p99, get_rate
from bench.measurements.servers.contestants import (
    FLOOR,
    INSTANCES,
    INVOCATIONS,
    MLFLOW,
    PREDICT,
    SPLIT,
)
from bench.measurements.servers.results import Results
from bench.measurements.servers.rounds import MANY_CONNECTIONS, REFERENCE, SHARE
from bench.measurements.servers.starts import FROM_CACHE
from bench.output.goals import Goal, expect_at_least, expect_at_most, format_goals, or_nan
from bench.output.table import format_number, format_table
from bench.testbed.bodies import MANY_ROWS

_LATENCIES = ["p50 ms", "p99 ms", "p99.9 ms", "failed"]
_MEGABYTES = "MB"


def format_tables(results: Results) -> str:
    """Formats all tables with headings."""
    sections = [
        (
            f"One row per request, closed loop, {_format_connections(count)}",
            _format_one_row(rounds),
        )
        for count, rounds in results.one_row.items()
    ]
    sections += [
        (
            f"{MANY_ROWS:,} rows per request, closed loop, {MANY_CONNECTIONS} connections",
            _format_many_rows(results.many_rows),
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
    head = ["", "requests/s", "vs. MLflow", "CPU µs a request", *latencies, "start s", "PSS MB"]
    rounds = results.one_row[REFERENCE]
    capacity = rounds.compute_medians()
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
                format_number(rounds.compute_ratio(line, MLFLOW, get_rate)),
                format_number(capacity[line].cpu_us),
                format_number(alone[line].p50_ms),
                format_number(half[line].p99_ms if line in half else None),
                format_number(start.seconds),
                format_number(start.loaded.pss_mb),
            ]
        )
    return format_table(head, rows)


def list_goals(results: Results) -> list[Goal]:
    """Lists the goals for which there are measurements. Ratios are medians within rounds."""
    at_once, alone, many = results.one_row[REFERENCE], results.one_row[1], results.many_rows
    goals = [
        expect_at_least(
            f"`/predict` requests/s at {REFERENCE} connections, vs. the floor",
            0.9,
            or_nan(at_once.compute_ratio(PREDICT, FLOOR, get_rate)),
        ),
        expect_at_most(
            "`/predict` p50 at one connection, vs. the floor",
            1.4,
            or_nan(alone.compute_ratio(PREDICT, FLOOR, lambda each: each.p50_ms)),
        ),
    ]
    for load, rounds in (("one connection", alone), (f"{REFERENCE} connections", at_once)):
        ratio = rounds.compute_ratio(PREDICT, FLOOR, get_p99)
        goals.append(expect_at_most(f"`/predict` p99 at {load}, vs. the floor", 3, or_nan(ratio)))
    if MLFLOW in at_once.figures:
        for line, target in ((PREDICT, 400), (INVOCATIONS, 100)):
            route = line.rpartition(" ")[2]
            name = f"`{route}` requests/s at {REFERENCE} connections, vs. {MLFLOW}"
            ratio = at_once.compute_ratio(line, MLFLOW, get_rate)
            goals.append(expect_at_least(name, target, or_nan(ratio)))
        for form, target in ((SPLIT, 8), (INSTANCES, 20)):
            lines = (f"{INVOCATIONS}, {form}", f"{MLFLOW}, {form}")
            name = f"`/invocations` rows/s, `{form}` of {MANY_ROWS:,} rows, vs. {MLFLOW}"
            ratio = many.compute_ratio(*lines, get_rate)
            goals.append(expect_at_least(name, target, or_nan(ratio)))
    start = results.starts[FROM_CACHE]
    goals += [
        expect_at_most("inference is ready from its cache, registry down", 1, start.seconds, "s"),
        expect_at_most("its resident memory after the start", 130, start.fresh.rss_mb, _MEGABYTES),
    ]
    return goals


def _format_one_row(rounds: Rounds) -> str:
    head = ["", "requests/s", "vs. MLflow", "vs. floor", "CPU µs a request", *_LATENCIES]
    return format_table(
        head,
        [
            [
                name,
                format_number(each.per_s),
                format_number(rounds.compute_ratio(name, MLFLOW, get_rate)),
                format_number(rounds.compute_ratio(name, FLOOR, get_rate)),
                format_number(each.cpu_us),
                *_format_latencies(each),
            ]
            for name, each in rounds.compute_medians().items()
        ],
    )


def _format_many_rows(rounds: Rounds) -> str:
    rows = []
    for name, each in rounds.compute_medians().items():
        form = name.rpartition(", ")[2]
        ratio = rounds.compute_ratio(name, f"{MLFLOW}, {form}", get_rate)
        per_s = MANY_ROWS * each.per_s
        cells = (per_s, ratio, each.cpu_us and each.cpu_us / MANY_ROWS)
        rows.append([name, *map(format_number, cells), *_format_latencies(each)])
    return format_table(["", "rows/s", "vs. MLflow, same body", "CPU µs a row", *_LATENCIES], rows)


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
