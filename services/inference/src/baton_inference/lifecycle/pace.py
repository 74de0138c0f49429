"""How long a version takes to score, and how long its canary may take."""

from dataclasses import dataclass

DEADLINE_FACTOR = 10.0
"""A canary may take as many times as long as production."""
MIN_DEADLINE_S = 0.05
"""A busy machine delays a thread by some tens of milliseconds."""


@dataclass(frozen=True)
class Pace:
    """The processor time of scoring, measured at the warm-up.

    Attributes:
        call_s: seconds for a call with one row.
        row_s: seconds for one more row, in a large call.
    """

    call_s: float = 0.0
    row_s: float = 0.0

    def compute_deadline_s(self, rows: int) -> float:
        """Computes how long a canary may take for this many rows, if this is production's pace."""
        usual_s = max(self.call_s, rows * self.row_s)
        return max(MIN_DEADLINE_S, DEADLINE_FACTOR * usual_s)
