"""The results of loads on several processes by turns."""

from dataclasses import dataclass, field

from bench.load.rounds import Rounds


@dataclass
class AlternatingResults:
    """The results of a run.

    Attributes:
        saturated: by process, its rounds in the closed loop.
        half_load: by process, its rounds at half load.
        offered_per_s: the rate at half load.
        machine: description of the machine.
    """

    saturated: Rounds = field(default_factory=Rounds)
    half_load: Rounds = field(default_factory=Rounds)
    offered_per_s: float = 0.0
    machine: str = ""

    @property
    def failed(self) -> int:
        """The failed requests of all loads."""
        return self.saturated.failed + self.half_load.failed
