"""What the benchmark of the swaps found."""

from dataclasses import dataclass, field

import numpy as np

from bench.load.open_loop import Latencies, OpenLoop
from bench.memory import Memory


@dataclass
class Phases:
    """What was seen in all phases of one kind."""

    failed: int = 0
    mixed: int = 0
    _parts: list[Latencies] = field(default_factory=list)

    def add(self, load: OpenLoop) -> None:
        """One phase more."""
        self.failed += load.seen.failed
        self.mixed += load.seen.mixed
        self._parts.append(load.latencies_s)

    @property
    def latencies_s(self) -> Latencies:
        """Of all answers."""
        return np.concatenate(self._parts)


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
