"""The results of the benchmark of a canary's cost."""

from dataclasses import dataclass, field

from bench.load.figures import Figures


@dataclass(frozen=True)
class Measured:
    """One load of one process.

    Attributes:
        figures: the figures of the load.
        pairs_per_s: rows that both versions scored, per second.
    """

    figures: Figures
    pairs_per_s: float


@dataclass
class ShadowResults:
    """The results of a run.

    Attributes:
        saturated: by process, its rounds in the closed loop.
        half_load: by process, its rounds at half load.
        offered_per_s: the rate at half load.
        machine: description of the machine.
    """

    saturated: dict[str, list[Measured]] = field(default_factory=dict)
    half_load: dict[str, list[Measured]] = field(default_factory=dict)
    offered_per_s: float = 0.0
    machine: str = ""

    @property
    def failed(self) -> int:
        """The failed requests of all loads."""
        loads = (*self.saturated.values(), *self.half_load.values())
        return sum(each.figures.failed for rounds in loads for each in rounds)
