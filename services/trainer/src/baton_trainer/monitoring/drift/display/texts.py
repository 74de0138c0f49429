"""The texts of a report that the terminal and the page share."""

from baton_trainer.cards.style import shorten
from baton_trainer.evaluation.outcome import format_amount
from baton_trainer.monitoring.drift.column_drift import ColumnDrift
from baton_trainer.monitoring.drift.drift_report import DriftReport

MAX_NAMES = 10
MAX_TEXT = 40

_SMALLEST = 0.0005


def describe_rows(report: DriftReport) -> str:
    """Describes what was compared with what."""
    return (
        f"{report.model} version {report.version}: {report.rows:,} logged rows since "
        f"{report.since:%Y-%m-%d %H:%M} UTC, compared with {report.rows_before:,} training rows "
        f"({report.reference})"
    )


def list_notes(report: DriftReport) -> list[str]:
    """Lists what a reader must know besides, a sentence each."""
    notes = []
    if report.not_logged:
        notes.append(f"Not in the log, so not compared: {_list_names(report.not_logged)}.")
    if report.private:
        notes.append(f"Private, so not compared: {_list_names(report.private)}.")
    if any(each.unseen and not each.cells.examples for each in report.columns):
        notes.append("Examples of unseen categories are left out; `baton drift` shows them.")
    if report.sampling is not None and report.sampling[0] < 1:
        low, high = (format_share(share) for share in report.sampling)
        share = low if low == high else f"between {low} and {high}"
        notes.append(
            f"{share[:1].upper()}{share[1:]} of the answered rows were logged. Logged rows count "
            "the same, so busy times count less than in the traffic."
        )
    return notes


def format_share(share: float | None, before: float | None = None) -> str:
    """Formats a share in percent, with the one in training; empty without a share."""
    if share is None:
        return ""
    text = _format_percent(share)
    return text if before is None else f"{text} ({_format_percent(before)})"


def describe_outside(column: ColumnDrift) -> str:
    """Describes numbers that are out of the range of training; empty if there are none."""
    if not column.outside:
        return ""
    low, high = column.cells.low, column.cells.high
    reach = (
        "" if low is None or high is None else f", {format_amount(low)} to {format_amount(high)}"
    )
    return format_share(column.outside) + reach


def describe_unseen(column: ColumnDrift) -> str:
    """Describes categories that training does not list; empty if there are none."""
    if not column.unseen:
        return ""
    share = format_share(column.unseen, column.unseen_before or None)
    examples = ", ".join(repr(shorten(text, MAX_TEXT)) for text in column.cells.examples)
    return f"{share}, e.g. {examples}" if examples else share


def describe_change(column: ColumnDrift) -> str:
    """Describes the bin whose share has changed most."""
    change = column.largest_change
    if change is None:
        return ""
    name, before, now = change
    return f"{shorten(name, MAX_TEXT)}: {_format_percent(before)} → {_format_percent(now)}"


def _format_percent(share: float) -> str:
    if 0 < share < _SMALLEST:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def _list_names(names: tuple[str, ...]) -> str:
    shown = ", ".join(shorten(name, MAX_TEXT) for name in names[:MAX_NAMES])
    more = len(names) - MAX_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown
