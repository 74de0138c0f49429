"""What one measurement saw, and the median of several."""

from collections.abc import Sequence
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
    """The medians of several rounds of the same measurement; counts are sums.

    Attributes:
        answered: 2xx answers of all rounds.
        failed: failures of all rounds.
        per_s: 2xx answers a second.
        p50_ms: latency, milliseconds.
        p99_ms: same.
        p999_ms: same.
    """

    answered: int
    failed: int
    per_s: float
    p50_ms: float
    p99_ms: float
    p999_ms: float

    def resolves(self, quantile: float, rounds: int) -> bool:
        """Whether a round saw enough answers for this quantile to be more than its maximum."""
        return self.answered / rounds * (1 - quantile) >= 1


def medians(rounds: Sequence[Figures]) -> Medians:
    """The medians of rounds, of which there must be one at least."""
    return Medians(
        answered=sum(each.answered for each in rounds),
        failed=sum(each.failed for each in rounds),
        per_s=median(each.per_s for each in rounds),
        p50_ms=median(each.p50_ms for each in rounds),
        p99_ms=median(each.p99_ms for each in rounds),
        p999_ms=median(each.p999_ms for each in rounds),
    )
