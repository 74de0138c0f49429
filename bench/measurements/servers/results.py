"""What the benchmark of the servers found."""

from dataclasses import dataclass, field

from bench.load.figures import Figures, Medians, medians
from bench.machine.memory import Memory

ByLine = dict[str, Medians]


@dataclass
class Rounds:
    """The rounds of one measurement, by line."""

    figures: dict[str, list[Figures]] = field(default_factory=dict)

    def add(self, line: str, seen: Figures) -> None:
        """One round more."""
        self.figures.setdefault(line, []).append(seen)

    def medians(self) -> ByLine:
        """The medians, by line, in the order in which they were measured."""
        return {line: medians(rounds) for line, rounds in self.figures.items()}


@dataclass
class Start:
    """How a server began, and what it took.

    Attributes:
        seconds: from process start to the first good answer.
        fresh: memory then.
        loaded: memory after all loads; None where there were none.
    """

    seconds: float
    fresh: Memory
    loaded: Memory | None = None


@dataclass
class Results:
    """Everything.

    Attributes:
        one_row: closed loop, one row a request, by number of connections.
        many_rows: closed loop, a thousand rows a request.
        offered: open loop: requests a second, by line.
        half_load: open loop, at half of what the line reached at 16 connections.
        starts: by server.
        missing: what could not run, and why.
        machine: what it was measured on.
    """

    one_row: dict[int, Rounds] = field(default_factory=dict)
    many_rows: Rounds = field(default_factory=Rounds)
    offered: dict[str, float] = field(default_factory=dict)
    half_load: Rounds = field(default_factory=Rounds)
    starts: dict[str, Start] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    machine: str = ""
