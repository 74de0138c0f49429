"""`GET /metrics`: the counters and the state of the moment, as Prometheus reads them."""

from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.status import Status
from baton_inference.telemetry.metrics import Metrics


class MetricsCollector:
    """Gives all families, anew on each scrape."""

    def __init__(
        self, metrics: Metrics, *, status: Callable[[], Status], queue_depth: Callable[[], int]
    ) -> None:
        self._metrics = metrics
        self._status = status
        self._queue_depth = queue_depth

    def collect(self) -> Iterator[Metric]:
        """The families, by the names that the contract gives them."""
        yield from self._scoring()
        yield from self._swaps()
        yield from self._state(self._status())

    def _scoring(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "baton_requests",
            "Scoring requests that have ended; code 499: the client went away.",
            labels=("protocol", "code", "model_version"),
        )
        for (protocol, code, version), count in self._metrics.requests.items():
            requests.add_metric((protocol, str(code), version), count)
        yield requests
        durations = HistogramMetricFamily(
            "baton_request_duration_seconds",
            "How long scoring requests took, from their headers to their answer.",
            labels=("protocol", "model_version"),
        )
        for labels, histogram in self._metrics.durations.items():
            durations.add_metric(labels, [*histogram.buckets()], histogram.sum)
        yield durations
        rows = CounterMetricFamily(
            "baton_rows", "Rows scored, by the version that scored them.", labels=("model_version",)
        )
        for version, count in self._metrics.rows.items():
            rows.add_metric((version,), count)
        yield rows
        depth = "Jobs accepted for the scoring threads and not done."
        yield GaugeMetricFamily("baton_queue_depth", depth, value=self._queue_depth())

    def _swaps(self) -> Iterator[Metric]:
        swaps = "Replacements of the served version; the first load is not one."
        yield CounterMetricFamily("baton_swaps", swaps, value=self._metrics.swaps)
        failures = CounterMetricFamily(
            "baton_swap_failures", "Attempts to load a version that failed.", labels=("reason",)
        )
        for kind in FailureKind:  # zeros too: a first failure is seen as an increase
            failures.add_metric((kind.value,), self._metrics.swap_failures[kind])
        yield failures
        histogram = self._metrics.swap_duration
        yield HistogramMetricFamily(
            "baton_swap_duration_seconds",
            "From the alias being seen on a version to that version serving.",
            buckets=[*histogram.buckets()],
            sum_value=histogram.sum,
        )

    def _state(self, status: Status) -> Iterator[Metric]:
        model = GaugeMetricFamily(
            "baton_model_info",
            "1 for the version that serves.",
            labels=("version", "run_id", "engine"),
        )
        if status.serving is not None:
            serving = status.serving
            model.add_metric((serving.version, serving.run_id, serving.engine), 1)
        yield model
        aspired = GaugeMetricFamily(
            "baton_aspired_version_info",
            "1 for the version that the alias names.",
            labels=("version",),
        )
        if status.aspired_version is not None:
            aspired.add_metric((status.aspired_version,), 1)
        yield aspired
        registry = status.registry
        reachable = "1 where the last look-up of the alias was answered, 0 where it was not."
        yield GaugeMetricFamily(
            "baton_registry_reachable", reachable, value=int(registry.reachable)
        )
        last = registry.last_success_at
        yield GaugeMetricFamily(
            "baton_registry_last_success_timestamp_seconds",
            "When the registry last answered, in POSIX time; 0 where it never did.",
            value=datetime.fromisoformat(last).timestamp() if last else 0,
        )


class Exposition:
    """Writes the families in the format that the scraper asks for."""

    def __init__(self, collector: MetricsCollector) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(collector)

    def write(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, given the scraper's `Accept` header."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
