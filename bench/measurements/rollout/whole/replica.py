"""A fake replica of inference, which reports the pairs of its own rows."""

from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from baton_rollout.judgement import TRIP_ODDS
from baton_rollout.limits import Limits
from baton_rollout.progress.facts import ProcessReport
from bench.measurements.rollout.whole.counts import TickCounts
from bench.measurements.rollout.whole.rows import World, draw_rows

PRODUCTION, CANARY = "3", "7"
LIMITS = Limits()

RESTARTS_A_TICK = 1 / 60
"""A replica restarts every half an hour."""
LOADING_TICKS = 2
SILENCE = 0.01
"""The share of the questions that a replica does not answer."""


@dataclass
class Replica:
    """A fake replica.

    Attributes:
        name: its address.
        counts: what it counts, if it never restarts.
        starts: the ticks in which its process starts; the first is 0.
        is_silent: by tick, whether it answers nothing.
    """

    name: str
    counts: TickCounts
    starts: list[int]
    is_silent: NDArray[np.bool_]
    _answers: float = field(default=0.0, init=False)
    _weight: float = field(default=0.0, init=False)

    @classmethod
    def create(cls, name: str, rng: np.random.Generator, world: World, ticks: int) -> "Replica":
        """Creates a replica with all the rows that it will see."""
        counts = TickCounts.count(draw_rows(rng, world, ticks), ticks)
        starts = [0, *np.flatnonzero(rng.random(ticks) < RESTARTS_A_TICK).tolist()]
        return cls(name, counts, starts, rng.random(ticks) < SILENCE)

    def report(self, tick: int, weight: float) -> ProcessReport:
        """Reports the pairs of the ticks before this one, since the process started."""
        if self.is_silent[tick]:
            return ProcessReport(self.name, problem="does not answer")
        start = max(each for each in self.starts if each <= tick)
        if start and tick < start + LOADING_TICKS:
            return ProcessReport(self.name, version=CANARY, state="loading")
        counts = self.counts.between(start, tick)
        self._count_answers(tick, weight)
        is_tripped = tick >= self.tripped_at
        state = "tripped" if is_tripped else "canary" if weight else "shadow"
        return ProcessReport(
            self.name,
            version=CANARY,
            state=state,
            reason="its own pairs" if is_tripped else "",
            weight=weight,
            answers=int(self._answers),
            process=f"{self.name}-{start}",
            counts=counts,
        )

    @cached_property
    def tripped_at(self) -> int:
        """The first tick in which its own pairs trip the canary; a restart does not undo it."""
        ends = [*self.starts[1:], len(self.is_silent)]
        for start, end in zip(self.starts, ends, strict=True):
            evidence = self.counts.find_greatest_evidence(start, end, LIMITS)
            trips = np.flatnonzero(evidence >= log(TRIP_ODDS))
            if len(trips):
                return int(start + trips[0] + 1)
        return len(self.is_silent) + 1

    def _count_answers(self, tick: int, weight: float) -> None:
        if weight != self._weight:
            self._weight, self._answers = weight, 0.0
        rows = self.counts.totals[tick, 0] - self.counts.totals[max(tick - 1, 0), 0]
        self._answers += float(rows) * weight / 100
