"""The counters behind the metrics.

The counters are plain Python numbers: one observation costs a few hundred nanoseconds on the
scoring path. On a scrape, `MetricsCollector` converts them to Prometheus families. Each number has
one writer: the event loop counts requests, the watchers count swaps and failed loads.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from baton_inference.errors import FailureKind

REQUEST_BUCKETS_S = (
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
)
SWAP_BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
MAX_VERSIONS = 10
"""Only the versions that answered last have series; the series of older ones are dropped."""


class Histogram:
    """Counts of observations by upper bound, and their sum."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """Adds one observation."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def accumulate(self) -> Iterator[tuple[str, float]]:
        """Yields each upper bound, as Prometheus writes it, and the count at or below it."""
        total = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            total += count
            yield bound, total


class Metrics:
    """All counters of one service."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int, str]] = Counter()
        """By protocol, status and version."""
        self.durations: dict[tuple[str, str], Histogram] = {}
        """By protocol and version."""
        self.rows: Counter[str] = Counter()
        """By version."""
        self.swaps = 0
        self.swap_failures: Counter[FailureKind] = Counter()
        self.swap_duration = Histogram(SWAP_BUCKETS_S)
        self.canary_load_failures: Counter[FailureKind] = Counter()
        self.canary_answers: Counter[str] = Counter()
        """Requests that a canary answered in place of production, by its version."""
        self.fallbacks: Counter[str] = Counter()
        """Requests that production answered in place of a canary, by the canary's version."""
        self._versions: dict[str, None] = {}  # ordered by last answer, the newest last
        self._last_version = ""

    def count_request(self, protocol: str, status: int, version: str, duration_s: float) -> None:
        """Counts one answered scoring request; `version` is empty if none was serving."""
        if version != self._last_version:
            self._note_version(version)
        self.requests[protocol, status, version] += 1
        histogram = self.durations.get((protocol, version))
        if histogram is None:
            histogram = self.durations[protocol, version] = Histogram(REQUEST_BUCKETS_S)
        histogram.observe(duration_s)

    def count_rows(self, version: str, rows: int) -> None:
        """Counts scored rows."""
        self.rows[version] += rows

    def count_swap(self, duration_s: float) -> None:
        """Counts a swap; the duration starts when the alias is first seen on the version."""
        self.swaps += 1
        self.swap_duration.observe(duration_s)

    def count_swap_failure(self, kind: FailureKind) -> None:
        """Counts a failed attempt to load a version."""
        self.swap_failures[kind] += 1

    def count_canary_load_failure(self, kind: FailureKind) -> None:
        """Counts a failed attempt to load a canary."""
        self.canary_load_failures[kind] += 1

    def count_canary_answer(self, version: str) -> None:
        """Counts a request of the canary's share that it answered."""
        _count_bounded(self.canary_answers, version)

    def count_fallback(self, version: str) -> None:
        """Counts a request of the canary's share that production answered."""
        _count_bounded(self.fallbacks, version)

    def _note_version(self, version: str) -> None:
        """Drops the oldest version's series: a process may serve thousands of versions."""
        self._last_version = version
        if not version:
            return  # the series of requests before any version served
        self._versions.pop(version, None)
        self._versions[version] = None
        if len(self._versions) <= MAX_VERSIONS:
            return
        oldest = next(iter(self._versions))
        del self._versions[oldest]
        self.rows.pop(oldest, None)
        for key in [key for key in self.requests if key[2] == oldest]:
            del self.requests[key]
        for pair in [pair for pair in self.durations if pair[1] == oldest]:
            del self.durations[pair]


def _count_bounded(counter: Counter[str], version: str) -> None:
    """Counts by version, and drops the version that was counted first if there are many."""
    counter[version] += 1
    if len(counter) > MAX_VERSIONS:
        del counter[next(iter(counter))]
