"""The scoring requests by version, for the page to make rates and percentiles of."""

from dataclasses import dataclass, field

from baton_inference.telemetry.metrics import REQUEST_BUCKETS_S, Metrics

FIRST_REFUSAL, FIRST_FAILURE = 400, 500


@dataclass
class VersionTraffic:
    """What one version was asked since the process started; protocols together.

    Attributes:
        version: empty for requests that came before any version served.
        requests: all of them.
        refused: those answered with 4xx.
        failed: those answered with 5xx.
        counts: requests by duration: up to each of the bounds, and above the last one.
    """

    version: str
    requests: int = 0
    refused: int = 0
    failed: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * (len(REQUEST_BUCKETS_S) + 1))


@dataclass(frozen=True)
class Traffic:
    """The versions, those that came last being last, and the bounds of `counts`, in seconds."""

    bounds_s: tuple[float, ...]
    versions: list[VersionTraffic]


def traffic(metrics: Metrics) -> Traffic:
    """What the counters say. Call it where they are written: on the event loop."""
    versions: dict[str, VersionTraffic] = {}
    for (_, status, version), count in metrics.requests.items():
        told = versions.setdefault(version, VersionTraffic(version))
        told.requests += count
        told.failed += count if status >= FIRST_FAILURE else 0
        told.refused += count if FIRST_REFUSAL <= status < FIRST_FAILURE else 0
    for (_, version), histogram in metrics.durations.items():
        told = versions.setdefault(version, VersionTraffic(version))
        told.counts = [old + new for old, new in zip(told.counts, histogram.counts, strict=True)]
    return Traffic(REQUEST_BUCKETS_S, [*versions.values()])
