"""The results of the benchmark of the prediction log's cost."""

from dataclasses import dataclass, field

from bench.measurements.alternating.results import AlternatingResults


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
class PredictionResults(AlternatingResults):
    """The results of a run.

    Attributes:
        rows: by process with a log, what became of its rows.
    """

    rows: dict[str, LoggedRows] = field(default_factory=dict)
