"""The results of the benchmark of the prediction log's cost."""

from dataclasses import dataclass, field

from bench.load.figures import Figures


@dataclass(frozen=True)
class LoggedRows:
    """What became of the rows that a process answered.

    Attributes:
        answered: all of them.
        sampled: those that the log left out because of its rate.
        in_files: those in its files, after the process has ended.
        files: the number of files.
        size: their bytes.
    """

    answered: int
    sampled: int
    in_files: int
    files: int
    size: int

    @property
    def lost(self) -> int:
        """Rows that should be in a file and are not."""
        return self.answered - self.sampled - self.in_files


@dataclass
class PredictionResults:
    """The results of a run.

    Attributes:
        saturated: by process, its rounds in the closed loop.
        half_load: by process, its rounds at half load.
        rows: by process with a log, what became of its rows.
        offered_per_s: the rate at half load.
        machine: description of the machine.
    """

    saturated: dict[str, list[Figures]] = field(default_factory=dict)
    half_load: dict[str, list[Figures]] = field(default_factory=dict)
    rows: dict[str, LoggedRows] = field(default_factory=dict)
    offered_per_s: float = 0.0
    machine: str = ""

    @property
    def failed(self) -> int:
        """The failed requests of all loads."""
        loads = (*self.saturated.values(), *self.half_load.values())
        return sum(each.failed for rounds in loads for each in rounds)
