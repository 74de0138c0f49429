"""The metrics of the prediction log."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from baton_inference.predictions.prediction_log import PredictionLog


class PredictionCollector(Collector):
    """Builds the metric families on each scrape."""

    def __init__(self, predictions: PredictionLog) -> None:
        self._predictions = predictions

    def collect(self) -> Iterator[Metric]:
        """Yields the families under their public names."""
        queue, counts = self._predictions.queue, self._predictions.counts
        written = "Rows in closed files of the prediction log, written by this process."
        yield CounterMetricFamily("baton_predictions_rows", written, value=counts.written)
        dropped = CounterMetricFamily(
            "baton_predictions_dropped_rows",
            "Answered rows that are in no file of the prediction log, by the cause.",
            labels=("cause",),
        )
        for cause, rows in (
            ("sampled", queue.sampler.sampled_out),
            ("rate", queue.sampler.over_rate),
            ("queue", queue.dropped),
            ("disk", counts.undone),
            ("error", counts.unusable),
        ):
            dropped.add_metric((cause,), rows)
        yield dropped
        failures = "Failed attempts to write to the folder of the prediction log."
        yield CounterMetricFamily("baton_predictions_failures", failures, value=counts.failures)
        removed = CounterMetricFamily(
            "baton_predictions_removed_files",
            "Files that this process removed, by the bound that they were beyond.",
            labels=("bound",),
        )
        removed.add_metric(("bytes",), counts.removed_by_bytes)
        removed.add_metric(("days",), counts.removed_by_days)
        yield removed
        folder = self._predictions.folder
        files = "Closed files in the folder of the prediction log, of all processes."
        yield GaugeMetricFamily(
            "baton_predictions_files", files, value=folder.files if folder else 0
        )
        size = "Bytes of these files."
        yield GaugeMetricFamily(
            "baton_predictions_bytes", size, value=folder.bytes if folder else 0
        )
        failing = "Folders of the prediction log in which this process cannot keep the bounds."
        yield GaugeMetricFamily(
            "baton_predictions_failing_folders", failing, value=len(folder.errors) if folder else 0
        )
