"""What a reader of live quality should know, a line each."""

from collections.abc import Iterator

from baton_trainer.monitoring.quality.joined_rows import JoinedRows
from baton_trainer.monitoring.quality.request import QualityRequest


def list_notes(request: QualityRequest, joined: JoinedRows) -> Iterator[str]:
    """Lists the notes on a measurement."""
    if not request.ripe_s:
        yield (
            "early labels are biased: some outcomes are known sooner than others; count only older"
            " predictions: --ripe 30d"
        )
    if joined.repeated:
        yield (
            f"{joined.repeated:,} rows are in the log more than once under one request id; labels"
            " of such rows count for nothing"
        )
    if joined.without_prediction:
        yield f"{joined.without_prediction:,} labels are of rows that the log does not have"
    least = min((each.least_sampling for each in joined.versions.values()), default=1.0)
    if least < 1:
        yield (
            f"the log kept as little as {least:.2%} of the rows in busy hours; the figures are of"
            " the rows in the log, without weights"
        )
