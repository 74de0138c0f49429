"""What a reader of live quality should know, a line each."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from baton_trainer.monitoring.quality.joined_rows import JoinedRows
from baton_trainer.monitoring.quality.report import VersionQuality
from baton_trainer.monitoring.quality.request import QualityRequest

_FEW_DAYS = timedelta(days=3)


def list_notes(
    request: QualityRequest, joined: JoinedRows, versions: Sequence[VersionQuality]
) -> Iterator[str]:
    """Lists the notes on a measurement."""
    if not request.ripe_s:
        yield (
            "early labels are biased: some outcomes are known sooner than others; count only older"
            " predictions: --ripe 14d"
        )
    if joined.oldest is not None and _has_few_ripe_days(request, joined.oldest):
        yield (
            f"the log begins on {joined.oldest:%Y-%m-%d}, and rows count until"
            f" {request.ripe_until:%Y-%m-%d} (--ripe): if its older files were removed, rows leave"
            " it about when they begin to count; use a shorter --ripe, or a longer"
            " BATON_PREDICTIONS_DAYS"
        )
    if joined.repeated:
        yield (
            f"{joined.repeated:,} rows are in the log more than once under one request id; labels"
            " of such rows count for nothing"
        )
    if joined.unknown:
        yield (
            f"rows with labels that are not trusted, and with no others: {joined.unknown:,}; their"
            " outcome is unknown, so --silence does not label them"
        )
    for version in versions:
        yield from _describe_rows(version)
    least = min((each.least_sampling for each in joined.versions.values()), default=1.0)
    if least < 1:
        yield (
            f"the log kept as little as {least:.2%} of the rows in busy hours; the figures are of"
            " the rows in the log, without weights"
        )


def _has_few_ripe_days(request: QualityRequest, oldest: datetime) -> bool:
    """Whether the log, not the request, leaves few days of ripe rows."""
    few = min(_FEW_DAYS, timedelta(seconds=request.ripe_s))
    first = request.ripe_until - few
    return oldest > first and (request.since is None or request.since <= first)


def _describe_rows(version: VersionQuality) -> Iterator[str]:
    """Describes which rows the figures of a version are of, unless they are the labelled ones."""
    if not version.figures:
        return
    if version.other_truths:
        yield (
            f"labels that are no class of version {version.version}, or no number:"
            f" {version.other_truths:,}"
        )
    if version.used != version.labelled:
        yield f"rows behind the figures of version {version.version}: {version.used:,}"
