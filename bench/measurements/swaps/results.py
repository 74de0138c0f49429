"""What the benchmark of the swaps found."""

from dataclasses import dataclass, field

from bench.load.figures import Figures
from bench.load.open_loop import OpenLoop
from bench.machine.memory import Memory


@dataclass
class Phases:
    """What was seen in all phases of one kind.

    Attributes:
        figures: of each phase.
        mixed: answers of all of them that were not wholly of one version.
        longest_s: the longest latency of all of them.
    """

    figures: list[Figures] = field(default_factory=list)
    mixed: int = 0
    longest_s: float = 0.0

    def add(self, load: OpenLoop) -> None:
        """One phase more."""
        self.figures.append(load.figures())
        self.mixed += load.seen.mixed
        self.longest_s = float(load.latencies_s.max(initial=self.longest_s))


@dataclass
class SwapResults:
    """Everything.

    Attributes:
        per_s: the rate of the load.
        calm: phases without swaps.
        swapping: phases with.
        swap_s: from the return of the call that moved the alias to the first answer of the new
            version, seconds.
        counted: swaps that inference itself counted.
        memory: by number of swaps.
        machine: what it was measured on.
    """

    per_s: float
    calm: Phases = field(default_factory=Phases)
    swapping: Phases = field(default_factory=Phases)
    swap_s: list[float] = field(default_factory=list)
    counted: int = 0
    memory: dict[int, Memory] = field(default_factory=dict)
    machine: str = ""
