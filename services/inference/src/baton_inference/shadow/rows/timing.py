"""Compares the processor time of both versions on the same rows."""

import time
from collections.abc import Sequence
from contextlib import suppress

from baton_engine.engine import Scores
from baton_engine.tables.transpose import Rows
from baton_inference.shadow.rows.row_adapter import Cells
from baton_inference.shadow.rows.row_scoring import Score

TIMED_SHARE = 1 / 16
"""The share of the batches that both versions score, for their processor time."""
SLOWER_FACTOR = 2.0
SLOWER_BY_S = 0.001
"""A canary is slower if it takes more than twice as long, and over a millisecond longer."""


class TimedScore:
    """Measures the processor time of this thread during the first call.

    Processor time, because other threads and processes change how long a call takes.

    Attributes:
        first_s: the time in seconds, also if the model failed or was stopped.
    """

    def __init__(self, score: Score) -> None:
        self.first_s = 0.0
        self._score = score
        self._is_first = True

    def __call__(self, rows: Rows) -> Scores:
        """Scores rows. Raises whatever the model raises."""
        started_s = time.thread_time()
        try:
            return self._score(rows)
        finally:
            if self._is_first:
                self.first_s = time.thread_time() - started_s
                self._is_first = False

    def run(self, rows: Sequence[Cells]) -> None:
        """Scores rows only for the time that it takes."""
        with suppress(Exception):
            self(rows)


def is_slower(canary_s: float, production_s: float) -> bool:
    """Whether the canary's time on the same rows is that of a slower version."""
    return canary_s > SLOWER_FACTOR * production_s and canary_s - production_s > SLOWER_BY_S
