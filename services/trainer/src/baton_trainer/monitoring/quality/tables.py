"""Live quality as tables for people."""

from collections.abc import Iterator, Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from baton_rollout.judgement import ABORT_ODDS, LEAST_PAIRS
from baton_rollout.progress.texts import format_odds
from baton_trainer.evaluation.outcome import format_amount
from baton_trainer.monitoring.quality.measures import INTERCEPT, SLOPE, Figure
from baton_trainer.monitoring.quality.report import (
    LabelCounts,
    PairedQuality,
    QualityReport,
    VersionQuality,
)
from baton_trainer.monitoring.quality.request import QualityRequest

TITLES: Mapping[str, str] = {
    "roc_auc": "ROC AUC",
    "brier": "Brier score",
    "log_loss": "log loss",
    "ece": "calibration error",
    INTERCEPT: "calibration intercept",
    SLOPE: "calibration slope",
    "rmse": "RMSE",
    "mae": "MAE",
    "bias": "mean error",
}
"""The metrics for people."""

_WITH_UNIT = ("rmse", "mae", "bias")


def render_quality(report: QualityReport) -> Group:
    """Renders the versions, the comparison with the version before, and the notes."""
    return Group(*_render_parts(report))


def describe_evidence(paired: PairedQuality) -> str:
    """Describes the evidence that a version is worse than the one before, in one line."""
    if paired.losses is None:
        return f"version {paired.version} is not compared with version {paired.before}"
    return (
        f"evidence that version {paired.version} is worse than version {paired.before}: "
        f"{format_odds(paired.losses.odds)} on {paired.rows:,} rows"
    )


def explain_no_rollback(report: QualityReport) -> str:
    """Explains in one line why the evidence is not enough for a rollback."""
    paired = report.paired
    if report.production is None:
        return "the alias points to no version"
    if paired is None:
        return f"there was no version in production before version {report.production}"
    if unknown := report.labels.unknown:
        return (
            f"labels that are not trusted name {unknown:,} of the rows, so their senders would"
            " decide which rows are silent; name their API keys by --trust, or leave out --silence"
        )
    if paired.losses is None:
        return f"versions {paired.version} and {paired.before} are not compared: {paired.problem}"
    if not paired.losses.decides:
        return f"{paired.rows:,} labelled rows of both versions are too few; {LEAST_PAIRS} decide"
    return f"{describe_evidence(paired)}; {ABORT_ODDS:g} : 1 is needed"


def _render_parts(report: QualityReport) -> Iterator[Table | Text]:
    if report.versions:
        yield _build_version_table(report)
        if any(each.version == report.production for each in report.versions):
            yield Text("* in production")
    else:
        yield Text(f"{report.model}: the log has no predictions")
    yield Text("")
    yield Text(_describe_labels(report.labels, report.request))
    if report.paired is not None:
        yield Text("")
        yield from _render_paired(report.paired)
    yield from (Text(f"note: {line}") for line in report.notes)


def _build_version_table(report: QualityReport) -> Table:
    heads = ("version", "rows", "labelled", "metric", "live", "95 % interval", "in training")
    table = Table(*heads, box=None, pad_edge=False)
    for column in table.columns[1:3]:
        column.justify = "right"
    for version in report.versions:
        mark = " *" if version.version == report.production else ""
        first = (version.version + mark, f"{version.rows:,}", _format_labelled(version))
        if not version.figures:
            table.add_row(*first, version.problem)
        for name, figure in version.figures.items():
            table.add_row(*first, TITLES[name], *_format_figure(name, figure))
            first = ("", "", "")
    return table


def _format_labelled(version: VersionQuality) -> str:
    return f"{version.labelled:,} ({version.labelled_share:.0%})"


def _format_figure(name: str, figure: Figure) -> tuple[str, str, str]:
    training = "-" if figure.training is None else _format_value(name, figure.training)
    if figure.low is None or figure.high is None:
        return _format_value(name, figure.value), "-", training
    low, high = (_format_value(name, each) for each in (figure.low, figure.high))
    return _format_value(name, figure.value), f"{low} to {high}", training


def _format_value(name: str, value: float) -> str:
    return format_amount(value) if name in _WITH_UNIT else f"{value:z.4f}"


def _describe_labels(labels: LabelCounts, request: QualityRequest) -> str:
    unknown_rows = "of rows that the log does not have"
    if request.since:
        unknown_rows = "of rows before --since, or not in the log"
    parts = {
        "replaced by later ones": labels.replaced,
        "of other API keys": labels.untrusted,
        unknown_rows: labels.without_prediction,
        "of predictions that are not ripe": labels.unripe,
    }
    rest = [f"{count:,} {text}" for text, count in parts.items() if count]
    return "; ".join([f"labels: {labels.received:,}", *rest])


def _render_paired(paired: PairedQuality) -> Iterator[Table | Text]:
    losses, difference = paired.losses, paired.difference
    if losses is not None:
        title = f"on the same {paired.rows:,} rows"
        heads = (f"version {paired.before}", f"version {paired.version}", "difference")
        table = Table(title, *heads, box=None, pad_edge=False)
        if difference is not None:
            before, now = map(difference.metric.format_value, (difference.second, difference.first))
            table.add_row(difference.metric.title, before, now, difference.describe_change())
        low, high = losses.interval
        change = f"{losses.mean or 0:+z.4f} (95 % {low:+z.4f} to {high:+z.4f})"
        table.add_row("loss", "", "", f"{change}; {losses.limit[1]:+g} is allowed")
        yield table
        now_scored = paired.rows - paired.logged
        yield Text(f"{describe_evidence(paired)}; a rollback needs {ABORT_ODDS:g} : 1")
        if now_scored:
            yield Text(f"version {paired.before} has scored {now_scored:,} of them now")
    if paired.rejected:
        yield Text(
            f"rows that version {paired.before} rejects, so not compared: {paired.rejected:,}"
        )
    if paired.cut:
        yield Text(f"rows with texts that the log may have cut, so not compared: {paired.cut:,}")
    if paired.problem:
        rows = "the other rows" if losses is not None else "any rows"
        if losses is not None and paired.unscored:
            rows = f"{paired.unscored:,} rows"
        yield Text(f"version {paired.before} cannot be compared on {rows}: {paired.problem}")
