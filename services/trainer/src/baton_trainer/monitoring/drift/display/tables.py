"""A report of drift as tables for people."""

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text

from baton_common.texts import shorten_to_line
from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.display import texts
from baton_trainer.monitoring.drift.drift_report import DriftReport

MAX_LINES = 20
"""Of a table, unless more columns have drifted."""


def render_report(report: DriftReport) -> Group:
    """Renders the result, the cells that training did not have, and the drift of each column."""
    return Group(*_render_parts(report))


def _render_parts(report: DriftReport) -> Iterator[Table | Text]:
    yield Text(shorten_to_line(texts.describe_rows(report), 1_000))
    yield Text(report.message, style="bold")
    if suspicious := report.suspicious:
        yield Text("")
        yield _build_cells_table(suspicious[:MAX_LINES])
        yield from _describe_rest(suspicious, MAX_LINES)
    if tested := report.tested:
        shown = max(MAX_LINES, len(report.drifted))
        yield Text("")
        yield _build_drift_table(tested[:shown])
        yield from _describe_rest(tested, shown)
    if notes := texts.list_notes(report):
        yield Text("")
        yield from (Text(shorten_to_line(note, 1_000)) for note in notes)


def _create_table(*heads: str) -> Table:
    table = Table(*heads, box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    return table


def _build_cells_table(columns: list[ColumnDrift]) -> Table:
    table = _create_table("cells (in training)", "missing", "unseen", "out of range")
    for column in columns:
        table.add_row(
            _name(column),
            texts.format_share(column.missing, column.missing_before),
            _to_line(texts.describe_unseen(column)),
            texts.describe_outside(column),
        )
    return table


def _build_drift_table(columns: list[ColumnDrift]) -> Table:
    table = _create_table("column", "drift", "PSI", "distance", "p", "largest change")
    for column in columns:
        if column.shift is None or column.adjusted is None:
            continue
        table.add_row(
            _name(column),
            column.level if column.has_drifted else "",
            f"{column.shift.psi:.3f}",
            f"{column.shift.distance:.3f}",
            format_p_value(column.adjusted),
            _to_line(texts.describe_change(column)),
            style="bold" if column.has_drifted else None,
        )
    return table


def format_p_value(value: float) -> str:
    """Formats a p-value."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 - the usual limit


def _describe_rest(columns: list[ColumnDrift], shown: int) -> Iterator[Text]:
    if len(columns) > shown:
        yield Text(f"… and {len(columns) - shown:,} more; --json lists all of them")


def _name(column: ColumnDrift) -> str:
    name = _to_line(column.name)
    return name if column.kind == "column" else f"{name} (output)"


def _to_line(text: str) -> str:
    return shorten_to_line(text, 200)
