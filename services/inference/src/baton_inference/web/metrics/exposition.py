"""`GET /metrics`: the counters and the current state in Prometheus' formats."""

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
from prometheus_client.registry import Collector

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.lifecycle.status import Status
from baton_inference.telemetry.metrics import Metrics
from baton_inference.web.metrics.rollout import collect_rollout
from baton_rollout.progress.record import Record


class MetricsCollector(Collector):
    """Builds all metric families on each scrape."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        status: Callable[[], Status],
        canary: Callable[[], LiveVersion | None],
        rollout: Callable[[], Record | None],
        queue_depth: Callable[[], int],
    ) -> None:
        self._metrics = metrics
        self._status = status
        self._canary = canary
        self._queue_depth = queue_depth
        self._rollout = rollout

    def collect(self) -> Iterator[Metric]:
        """Yields the families under their public names."""
        yield from self._collect_scoring()
        yield from self._collect_swaps()
        status = self._status()
        yield from self._collect_state(status)
        yield from self._collect_canary(status)
        yield from collect_rollout(self._rollout())

    def _collect_scoring(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "baton_requests",
            "Finished scoring requests; code 499: the client disconnected.",
            labels=("protocol", "code", "model_version"),
        )
        for (protocol, code, version), count in self._metrics.requests.items():
            requests.add_metric((protocol, str(code), version), count)
        yield requests
        durations = HistogramMetricFamily(
            "baton_request_duration_seconds",
            "Duration of scoring requests, from their headers to their answer.",
            labels=("protocol", "model_version"),
        )
        for labels, histogram in self._metrics.durations.items():
            durations.add_metric(labels, [*histogram.accumulate()], histogram.sum)
        yield durations
        rows = CounterMetricFamily(
            "baton_rows", "Scored rows, by the version that scored them.", labels=("model_version",)
        )
        for version, count in self._metrics.rows.items():
            rows.add_metric((version,), count)
        yield rows
        depth = "Requests accepted and not finished."
        yield GaugeMetricFamily("baton_queue_depth", depth, value=self._queue_depth())

    def _collect_swaps(self) -> Iterator[Metric]:
        swaps = "Replacements of the serving version; the first load does not count."
        yield CounterMetricFamily("baton_swaps", swaps, value=self._metrics.swaps)
        failures = CounterMetricFamily(
            "baton_swap_failures", "Failed attempts to load a version.", labels=("reason",)
        )
        for kind in FailureKind:  # zeros too: then the first failure is an increase
            failures.add_metric((kind.value,), self._metrics.swap_failures[kind])
        yield failures
        histogram = self._metrics.swap_duration
        yield HistogramMetricFamily(
            "baton_swap_duration_seconds",
            "Time from seeing the alias move to serving the new version.",
            buckets=[*histogram.accumulate()],
            sum_value=histogram.sum,
        )

    def _collect_state(self, status: Status) -> Iterator[Metric]:
        model = GaugeMetricFamily(
            "baton_model_info",
            "1 for the serving version.",
            labels=("version", "run_id", "engine"),
        )
        if status.serving is not None:
            serving = status.serving
            model.add_metric((serving.version, serving.run_id, serving.engine), 1)
        yield model
        aspired = GaugeMetricFamily(
            "baton_aspired_version_info",
            "1 for the version that the alias points to.",
            labels=("version",),
        )
        if status.aspired_version is not None:
            aspired.add_metric((status.aspired_version,), 1)
        yield aspired
        registry = status.registry
        reachable = "1 if the registry answered the last poll, else 0."
        yield GaugeMetricFamily(
            "baton_registry_reachable", reachable, value=int(registry.reachable)
        )
        last = registry.last_success_at
        yield GaugeMetricFamily(
            "baton_registry_last_success_timestamp_seconds",
            "POSIX time of the registry's last answer; 0 if it never answered.",
            value=datetime.fromisoformat(last).timestamp() if last else 0,
        )

    def _collect_canary(self, status: Status) -> Iterator[Metric]:
        info = GaugeMetricFamily(
            "baton_canary_info", "1 for the live canary.", labels=("version", "run_id", "engine")
        )
        canary = self._canary()
        if canary is not None:
            labels = (canary.model.version, canary.model.run_id, canary.engine.name)
            info.add_metric(labels, 1)
        yield info
        yield GaugeMetricFamily(
            "baton_canary_weight",
            "Share of the requests, in percent, that this process gives to the canary.",
            value=status.canary.effective_weight if status.canary else 0,
        )
        failures = CounterMetricFamily(
            "baton_canary_load_failures", "Failed attempts to load a canary.", labels=("reason",)
        )
        for kind in FailureKind:
            failures.add_metric((kind.value,), self._metrics.canary_load_failures[kind])
        yield failures
        fallbacks = CounterMetricFamily(
            "baton_fallbacks",
            "Requests that production answered in place of the canary.",
            labels=("version",),
        )
        for version, count in [*self._metrics.fallbacks.items()]:
            fallbacks.add_metric((version,), count)
        yield fallbacks


class Exposition:
    """Writes the metric families in the format that the scraper accepts."""

    def __init__(self, *collectors: Collector) -> None:
        self._registry = CollectorRegistry()
        for collector in collectors:
            self._registry.register(collector)

    def write(self, accept: str) -> tuple[bytes, str]:
        """Returns the text and its content type for the scraper's `Accept` header."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type
