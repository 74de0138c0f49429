"""The tables of the simulated reports of drift."""

from bench.measurements.drift.benchmark import CHANGES, ROWS_BEFORE, DriftResults
from bench.output.goals import Goal, expect_at_most, format_goals
from bench.output.table import format_table

FALSE_ALARMS_PERCENT = 5.0


def format_tables(results: DriftResults) -> str:
    """Formats all tables with their headings."""
    size = results.size
    return "\n\n".join(
        [
            f"### False alarms: {size.windows:,} windows each, {ROWS_BEFORE:,} training rows",
            _format_false_alarms(results),
            f"### One of 19 columns has changed: found in so many of {size.changes:,} windows",
            _format_found(results),
            "### Goals",
            format_goals(list_goals(results)),
            f"Machine: {results.machine}.",
        ]
    )


def list_goals(results: DriftResults) -> list[Goal]:
    """Lists the goals: false alarms."""
    windows = results.size.windows
    return [
        expect_at_most(
            f"any of {case.columns} columns drifted, {case.rows:,} unchanged rows",
            FALSE_ALARMS_PERCENT,
            100 * count / windows,
            "%",
        )
        for case, count in results.false_alarms.items()
    ]


def _format_false_alarms(results: DriftResults) -> str:
    windows = results.size.windows
    return format_table(
        ["columns", "rows", "any drifted", "any significant, of any size"],
        [
            [
                f"{case.columns}",
                f"{case.rows:,}",
                f"{count / windows:.1%}",
                f"{results.significant[case] / windows:.1%}",
            ]
            for case, count in results.false_alarms.items()
        ],
    )


def _format_found(results: DriftResults) -> str:
    size = results.size
    return format_table(
        ["change", *(f"{rows:,} rows" for rows in size.rows)],
        [
            [
                change.name,
                *(f"{results.found[change.name, rows] / size.changes:.0%}" for rows in size.rows),
            ]
            for change in CHANGES
        ],
    )
