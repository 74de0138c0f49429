"""The results of the benchmark of the swaps."""

from dataclasses import dataclass, field

from bench.load.figures import Figures
from bench.load.open_loop import OpenLoopResult
from bench.machine.memory import Memory


@dataclass
class Phases:
    """The results of all phases of one kind.

    Attributes:
        figures: one per phase.
        mixed: answers that mix two versions, in all phases.
        longest_s: the longest latency of all phases.
    """

    figures: list[Figures] = field(default_factory=list)
    mixed: int = 0
    longest_s: float = 0.0

    def add(self, result: OpenLoopResult) -> None:
        """Adds a phase."""
        self.figures.append(result.compute_figures())
        self.mixed += result.counts.mixed
        self.longest_s = float(result.latencies_s.max(initial=self.longest_s))


@dataclass
class SwapResults:
    """The results of a run.

    Attributes:
        per_s: the rate of the load.
        calm: phases without swaps.
        swapping: phases with swaps.
        swap_s: seconds from the alias move to the first answer of the new version, by swap.
        counted: swaps that inference counted.
        memory: by number of swaps.
        machine: description of the machine.
    """

    per_s: float
    calm: Phases = field(default_factory=Phases)
    swapping: Phases = field(default_factory=Phases)
    swap_s: list[float] = field(default_factory=list)
    counted: int = 0
    memory: dict[int, Memory] = field(default_factory=dict)
    machine: str = ""
