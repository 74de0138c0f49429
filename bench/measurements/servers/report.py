"""The tables of the benchmark of the servers, in Markdown."""

from bench.load.figures import Medians
from bench.measurements.servers.benchmark import MANY_CONNECTIONS, REFERENCE, SHARE
from bench.measurements.servers.contestants import (
    FLOOR,
    INSTANCES,
    INVOCATIONS,
    MLFLOW,
    PREDICT,
    SPLIT,
)
from bench.measurements.servers.results import ByLine, Results
from bench.measurements.servers.starts import FROM_CACHE
from bench.output.goals import Goal, at_least, at_most, goal_table
from bench.output.table import markdown, number, ratio
from bench.testbed.bodies import MANY_ROWS

_LATENCIES = ["p50 ms", "p99 ms", "p99.9 ms", "failed"]
_MEGABYTES = "MB"


def full(results: Results) -> str:
    """Every table, with headings."""
    sections = [
        (f"One row a request, closed loop, {_connections(count)}", _one_row(rounds.medians()))
        for count, rounds in results.one_row.items()
    ]
    sections += [
        (
            f"{MANY_ROWS:,} rows a request, closed loop, {MANY_CONNECTIONS} connections",
            _many_rows(results.many_rows.medians()),
        ),
        (
            f"One row a request, open loop at {SHARE:.0%} of the rate at {REFERENCE} connections",
            _half_load(results),
        ),
        ("Start and memory", _starts(results)),
        ("Goals", goal_table(goals(results))),
    ]
    parts = [f"### {title}\n\n{table}" for title, table in sections]
    return "\n\n".join([*parts, f"On {results.machine}."])


def _connections(count: int) -> str:
    return "one connection" if count == 1 else f"{count} connections"


def short(results: Results) -> str:
    """The one table for those who only pass by."""
    latencies = ["p50 ms, one connection", "p99 ms, half load"]
    head = ["", "requests/s", "times MLflow's", *latencies, "start s", "PSS MB"]
    seen, alone = results.one_row[REFERENCE].medians(), results.one_row[1].medians()
    half = results.half_load.medians()
    rows = []
    for name, start in results.starts.items():
        line = PREDICT if name == "Baton" else name
        if line not in seen or start.loaded is None:
            continue
        rows.append(
            [
                name,
                number(seen[line].per_s),
                ratio(seen[line].per_s, _rate(seen, MLFLOW)),
                number(alone[line].p50_ms),
                number(half[line].p99_ms if line in half else None),
                number(start.seconds),
                number(start.loaded.pss_mb),
            ]
        )
    return markdown(head, rows)


def goals(results: Results) -> list[Goal]:
    """What can be said of the goals with what was measured."""
    seen, alone = results.one_row[REFERENCE].medians(), results.one_row[1].medians()
    many = results.many_rows.medians()
    found = [
        at_least(
            f"requests/s of `/predict` at {REFERENCE} connections, of the echo floor's",
            0.5,
            seen[PREDICT].per_s / seen[FLOOR].per_s,
        ),
        at_most(
            "p50 of `/predict` at one connection, of the echo floor's",
            2.5,
            (alone[PREDICT].p50_ms or 0) / (alone[FLOOR].p50_ms or 1),
        ),
    ]
    if MLFLOW in seen:
        for line in (PREDICT, INVOCATIONS):
            route = line.rpartition(" ")[2]
            what = f"requests/s of `{route}` at {REFERENCE} connections, of {MLFLOW}'s"
            found.append(at_least(what, 100, seen[line].per_s / seen[MLFLOW].per_s))
        for form, target in ((SPLIT, 5), (INSTANCES, 20)):
            mine, theirs = many[f"{INVOCATIONS}, {form}"], many[f"{MLFLOW}, {form}"]
            what = f"rows/s of `/invocations` given `{form}` of {MANY_ROWS:,} rows, of {MLFLOW}'s"
            found.append(at_least(what, target, mine.per_s / theirs.per_s))
    start = results.starts[FROM_CACHE]
    found += [
        at_most("inference ready from its cache, the registry down", 2, start.seconds, "s"),
        at_most("its resident memory then", 150, start.fresh.rss_mb, _MEGABYTES),
    ]
    return found


def _one_row(seen: ByLine) -> str:
    head = ["", "requests/s", "times MLflow's", "of the floor", *_LATENCIES]
    mlflow, floor = _rate(seen, MLFLOW), _rate(seen, FLOOR)
    return markdown(
        head,
        [
            [
                name,
                number(each.per_s),
                ratio(each.per_s, mlflow),
                ratio(each.per_s, floor),
                *_latencies(each),
            ]
            for name, each in seen.items()
        ],
    )


def _many_rows(seen: ByLine) -> str:
    rows = []
    for name, each in seen.items():
        form = name.rpartition(", ")[2]
        theirs = _rate(seen, f"{MLFLOW}, {form}")
        per_s = MANY_ROWS * each.per_s
        rows.append([name, number(per_s), ratio(each.per_s, theirs), *_latencies(each)])
    return markdown(["", "rows/s", "times MLflow's, same body", *_LATENCIES], rows)


def _half_load(results: Results) -> str:
    rows = [
        [name, number(results.offered[name]), *_latencies(each)]
        for name, each in results.half_load.medians().items()
    ]
    return markdown(["", "offered/s", *_LATENCIES], rows)


def _starts(results: Results) -> str:
    head = ["", "start s", "RSS MB", "PSS MB", "RSS MB after the load", "PSS MB after the load"]
    rows = []
    for name, each in results.starts.items():
        after = (each.loaded.rss_mb, each.loaded.pss_mb) if each.loaded else (None, None)
        cells = (each.seconds, each.fresh.rss_mb, each.fresh.pss_mb, *after)
        rows.append([name, *map(number, cells)])
    return markdown(head, rows)


def _latencies(seen: Medians) -> list[str]:
    return [*map(number, (seen.p50_ms, seen.p99_ms, seen.p999_ms)), str(seen.failed)]


def _rate(seen: ByLine, name: str) -> float | None:
    return seen[name].per_s if name in seen else None
