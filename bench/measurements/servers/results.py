"""The results of the benchmark of the servers."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from statistics import median

from bench.load.figures import Figures, Medians, compute_medians
from bench.machine.memory import Memory

ByLine = dict[str, Medians]
Value = Callable[[Figures], float | None]


def get_rate(figures: Figures) -> float:
    """Returns the 2xx answers per second."""
    return figures.per_s


@dataclass
class Rounds:
    """The rounds of one measurement, by line."""

    figures: dict[str, list[Figures]] = field(default_factory=dict)

    def add(self, line: str, figures: Figures) -> None:
        """Adds a round."""
        self.figures.setdefault(line, []).append(figures)

    def compute_medians(self) -> ByLine:
        """Computes the medians by line, in the order of measurement."""
        return {line: compute_medians(rounds) for line, rounds in self.figures.items()}

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


@dataclass
class Start:
    """The start of a server, and its memory.

    Attributes:
        seconds: from process start to the first 2xx answer.
        fresh: memory after the start.
        loaded: memory after all loads; None without loads.
    """

    seconds: float
    fresh: Memory
    loaded: Memory | None = None


@dataclass
class Results:
    """The results of a run.

    Attributes:
        one_row: closed loop, one row per request, by number of connections.
        many_rows: closed loop, a thousand rows per request.
        offered: open loop: requests per second, by line.
        half_load: open loop, at half of the rate at 16 connections.
        starts: by server.
        dropped: the number of dropped rounds, by number of connections; see `drop_noisy_rounds`.
        missing: one line for each server that could not run.
        machine: description of the machine.
    """

    one_row: dict[int, Rounds] = field(default_factory=dict)
    many_rows: Rounds = field(default_factory=Rounds)
    offered: dict[str, float] = field(default_factory=dict)
    half_load: Rounds = field(default_factory=Rounds)
    starts: dict[str, Start] = field(default_factory=dict)
    dropped: dict[int, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    machine: str = ""
