"""The tables of the benchmark of the prediction log's cost."""

from bench.load.rounds import get_p99, get_rate
from bench.measurements.alternating.report import format_loads
from bench.measurements.predictions.benchmark import DEFAULT, EVERY, OFF
from bench.measurements.predictions.results import PredictionResults
from bench.output.goals import expect_at_least, expect_at_most, format_goals, or_nan
from bench.output.table import format_number, format_table


def format_tables(results: PredictionResults) -> str:
    """Formats all tables with headings."""
    p99 = results.half_load.compute_ratio(DEFAULT, OFF, get_p99)
    rate = results.saturated.compute_ratio(DEFAULT, OFF, get_rate)
    goals = [
        expect_at_most("p99 at half load, 100 rows/s", 1.1, or_nan(p99)),
        expect_at_least("requests/s, 100 rows/s", 0.97, or_nan(rate)),
        expect_at_most("failed requests", 0, results.failed, ""),
        *(
            expect_at_most(f"lost rows, {name}", 0, rows.lost, "")
            for name, rows in results.rows.items()
        ),
    ]
    loads = format_loads(results, OFF, "p99.9 ms", lambda figures: figures.p999_ms)
    return (
        f"{loads}\n\n"
        f"### Rows\n\n{_format_rows(results)}\n\n"
        f"### Goals\n\n{format_goals(goals)}\n\nMachine: {results.machine}."
    )


def _format_rows(results: PredictionResults) -> str:
    head = ["", "answered", "sampled out", "in files", "lost", "files", "bytes a row"]
    rows = [
        [
            name,
            *(f"{each:,}" for each in (row.answered, row.sampled, row.in_files, row.lost)),
            f"{row.files:,}",
            format_number(row.size / max(row.in_files, 1)),
        ]
        for name in (DEFAULT, EVERY)
        if (row := results.rows.get(name)) is not None
    ]
    return format_table(head, rows)
