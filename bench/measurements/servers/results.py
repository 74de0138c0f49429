"""The results of the benchmark of the servers."""

from dataclasses import dataclass, field

from bench.load.figures import Figures, Medians, compute_medians
from bench.machine.memory import Memory

ByLine = dict[str, Medians]


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
        missing: one line for each server that could not run.
        machine: description of the machine.
    """

    one_row: dict[int, Rounds] = field(default_factory=dict)
    many_rows: Rounds = field(default_factory=Rounds)
    offered: dict[str, float] = field(default_factory=dict)
    half_load: Rounds = field(default_factory=Rounds)
    starts: dict[str, Start] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    machine: str = ""
