"""The metric families of feedback."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from baton_inference.feedback.receiver import ACCEPTED, OUTCOMES, FeedbackReceiver


class FeedbackCollector(Collector):
    """Builds the families on each scrape."""

    def __init__(self, receiver: FeedbackReceiver) -> None:
        self._receiver = receiver

    def collect(self) -> Iterator[Metric]:
        """Yields the families under their public names."""
        labels = CounterMetricFamily(
            "baton_labels", "Labels that callers sent, by what became of them.", labels=("result",)
        )
        for result in (ACCEPTED, *OUTCOMES.values()):  # zeros too: the first is an increase
            labels.add_metric((result,), self._receiver.labels[result])
        yield labels
