"""Rounds of loads: how many, their figures, and ratios within them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from statistics import median

from bench.load.figures import Figures, Medians, compute_medians

ByLine = dict[str, Medians]
Value = Callable[[Figures], float | None]


@dataclass(frozen=True)
class Scale:
    """The length of a benchmark.

    Attributes:
        rounds: repetitions of each load.
        seconds: length of a load.
    """

    rounds: int
    seconds: float

    def __str__(self) -> str:
        return f"medians of {self.rounds} rounds, {self.seconds:g} s per load"


def get_rate(figures: Figures) -> float:
    """Returns the 2xx answers per second."""
    return figures.per_s


def get_p99(figures: Figures) -> float:
    """Returns the 99th percentile of the latencies, milliseconds."""
    return figures.p99_ms


@dataclass
class Rounds:
    """The rounds of one measurement, by line."""

    figures: dict[str, list[Figures]] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """The failed requests of all lines."""
        return sum(each.failed for rounds in self.figures.values() for each in rounds)

    def add(self, line: str, figures: Figures) -> None:
        """Adds a round."""
        self.figures.setdefault(line, []).append(figures)

    def compute_medians(self) -> ByLine:
        """Computes the medians by line, in the order of measurement."""
        return {line: compute_medians(rounds) for line, rounds in self.figures.items()}

    def compute_median(self, line: str, value: Value) -> float | None:
        """Computes the median of a value; None if it is missing in all rounds."""
        values = [got for each in self.figures[line] if (got := value(each)) is not None]
        return median(values) if values else None

    def compute_ratio(self, line: str, base: str, value: Value) -> float | None:
        """Computes the median of the ratios of two lines within each round.

        Other work on the machine changes slowly, so it affects both lines of a round alike.

        Returns:
            The median; None if a line is missing, or its value in all rounds.
        """
        pairs = zip(self.figures.get(line, ()), self.figures.get(base, ()), strict=False)
        values = [(value(each), value(other)) for each, other in pairs]
        ratios = [each / other for each, other in values if each is not None and other]
        return median(ratios) if ratios else None

    def find_noisy(self, line: str, limit_ms: float) -> list[int]:
        """Finds the rounds, from 0, in which the 99th percentile of a line is over a limit."""
        rounds = enumerate(self.figures.get(line, ()))
        return [number for number, each in rounds if each.p99_ms > limit_ms]

    def drop(self, numbers: Collection[int]) -> "Rounds":
        """Returns the other rounds."""
        return Rounds(
            {
                line: [each for number, each in enumerate(rounds) if number not in numbers]
                for line, rounds in self.figures.items()
            }
        )
