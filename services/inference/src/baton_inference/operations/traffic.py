"""The scoring requests per version, from which the page computes rates and percentiles."""

from dataclasses import dataclass, field

from baton_inference.telemetry.metrics import REQUEST_BUCKETS_S, Metrics
from baton_inference.telemetry.request_log import FIRST_CLIENT_ERROR, FIRST_SERVER_ERROR


@dataclass
class VersionTraffic:
    """The requests to one version since the process started, over all protocols.

    Attributes:
        version: empty for requests before any version served.
        requests: the number of requests.
        rejected: the number of 4xx answers.
        failed: the number of 5xx answers.
        counts: requests by duration: one count per bound, and one above the last bound.
    """

    version: str
    requests: int = 0
    rejected: int = 0
    failed: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * (len(REQUEST_BUCKETS_S) + 1))


@dataclass(frozen=True)
class Traffic:
    """The traffic per version, oldest version first, and the bounds of `counts` in seconds."""

    bounds_s: tuple[float, ...]
    versions: list[VersionTraffic]


def count_traffic(metrics: Metrics) -> Traffic:
    """Adds up the counters per version. Call it on the event loop, which writes them."""
    versions: dict[str, VersionTraffic] = {}
    for (_, status, version), count in metrics.requests.items():
        row = versions.setdefault(version, VersionTraffic(version))
        row.requests += count
        row.failed += count if status >= FIRST_SERVER_ERROR else 0
        row.rejected += count if FIRST_CLIENT_ERROR <= status < FIRST_SERVER_ERROR else 0
    for (_, version), histogram in metrics.durations.items():
        row = versions.setdefault(version, VersionTraffic(version))
        row.counts = [old + new for old, new in zip(row.counts, histogram.counts, strict=True)]
    return Traffic(REQUEST_BUCKETS_S, [*versions.values()])
