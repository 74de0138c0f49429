"""The metrics of the last rollout, as the registry records it."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from baton_rollout.progress.record import Record


def collect_rollout(record: Record | None) -> Iterator[Metric]:
    """Yields the families about the last rollout; without series if there was none."""
    info = GaugeMetricFamily(
        "baton_rollout_info",
        "1 for the last rollout that the registry records.",
        labels=("version", "phase"),
    )
    deadline = GaugeMetricFamily(
        "baton_rollout_deadline_timestamp_seconds",
        "POSIX time at which that rollout pauses as inconclusive.",
        labels=("version",),
    )
    if record is not None:
        version = record.plan.version
        info.add_metric((version, record.phase), 1)
        deadline.add_metric((version,), record.deadline_at.timestamp())
    yield info
    yield deadline
