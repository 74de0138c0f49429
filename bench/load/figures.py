"""The figures of a measurement, and the medians of several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figures:
    """The figures of one server under one load.

    Attributes:
        answered: 2xx answers.
        failed: other answers, broken connections and time-outs.
        seconds: length of the load.
        p50_ms: median latency, milliseconds.
        p99_ms: 99th percentile of the latencies.
        p999_ms: 99.9th percentile of the latencies.
        cpu_s: processor time of the server's processes during the load, seconds; None if unknown.
        counted: what the benchmark counted in the server during the load; None if nothing.
    """

    answered: int
    failed: int
    seconds: float
    p50_ms: float
    p99_ms: float
    p999_ms: float
    cpu_s: float | None = None
    counted: int | None = None

    @property
    def per_s(self) -> float:
        """2xx answers per second."""
        return self.answered / self.seconds

    @property
    def cpu_us(self) -> float | None:
        """Processor time of the server per 2xx answer, microseconds."""
        return None if self.cpu_s is None or not self.answered else 1e6 * self.cpu_s / self.answered

    @property
    def counted_per_s(self) -> float | None:
        """What was counted, per second."""
        return None if self.counted is None else self.counted / self.seconds


@dataclass(frozen=True)
class Medians:
    """The medians of several rounds of a measurement.

    A quantile is None if no answer in a round lies beyond it: it would be the maximum.

    Attributes:
        failed: total failures of all rounds.
        per_s: 2xx answers per second.
        p50_ms: latency, milliseconds.
        p99_ms: same.
        p999_ms: same.
        cpu_us: processor time of the server per 2xx answer, microseconds.
    """

    failed: int
    per_s: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None
    cpu_us: float | None = None


def compute_medians(rounds: Sequence[Figures]) -> Medians:
    """Computes the medians of at least one round."""
    answered = min(each.answered for each in rounds)

    def compute_quantile(beyond: float, values: Iterable[float]) -> float | None:
        return median(values) if answered * beyond >= 1 else None

    return Medians(
        failed=sum(each.failed for each in rounds),
        per_s=median(each.per_s for each in rounds),
        p50_ms=compute_quantile(0.5, (each.p50_ms for each in rounds)),
        p99_ms=compute_quantile(0.01, (each.p99_ms for each in rounds)),
        p999_ms=compute_quantile(0.001, (each.p999_ms for each in rounds)),
        cpu_us=median(known) if (known := [c for each in rounds if (c := each.cpu_us)]) else None,
    )
