"""What one measurement saw, and the median of several."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figures:
    """What was seen at one server under one load.

    Attributes:
        answered: 2xx answers.
        failed: other answers, broken connections and time-outs.
        seconds: how long the load lasted.
        p50_ms: half of the latencies are at or below it, milliseconds.
        p99_ms: 99 % are.
        p999_ms: 99.9 % are.
    """

    answered: int
    failed: int
    seconds: float
    p50_ms: float
    p99_ms: float
    p999_ms: float

    @property
    def per_s(self) -> float:
        """2xx answers a second."""
        return self.answered / self.seconds


@dataclass(frozen=True)
class Medians:
    """The medians of several rounds of the same measurement.

    A quantile is None where not one answer in a round lies beyond it: it would be the maximum.

    Attributes:
        failed: failures of all rounds together.
        per_s: 2xx answers a second.
        p50_ms: latency, milliseconds.
        p99_ms: same.
        p999_ms: same.
    """

    failed: int
    per_s: float
    p50_ms: float | None
    p99_ms: float | None
    p999_ms: float | None


def medians(rounds: Sequence[Figures]) -> Medians:
    """The medians of rounds, of which there must be one at least."""
    answered = min(each.answered for each in rounds)

    def quantile(beyond: float, values: Iterable[float]) -> float | None:
        return median(values) if answered * beyond >= 1 else None

    return Medians(
        failed=sum(each.failed for each in rounds),
        per_s=median(each.per_s for each in rounds),
        p50_ms=quantile(0.5, (each.p50_ms for each in rounds)),
        p99_ms=quantile(0.01, (each.p99_ms for each in rounds)),
        p999_ms=quantile(0.001, (each.p999_ms for each in rounds)),
    )
