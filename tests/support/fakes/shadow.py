"""Models and requests for the tests of the shadow, and a shadow that is driven by hand."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.tables.columns import Array
from baton_inference.lifecycle.live_versions import CANARY, LiveVersion, LiveVersions
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip import Trip
from baton_inference.lifecycle.trips.trip_file import TripFile
from baton_inference.scoring.batch import RowBatch
from baton_inference.scoring.observer import RowSource
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.shadow.breaker import SETTLE_S, Breaker
from baton_inference.shadow.rows.row_adapter import Cells
from baton_inference.shadow.rows.watchdog import MAX_STOPS
from baton_inference.shadow.shadow import Shadow
from baton_rollout.pair_counts import PairCounts
from tests.support.fakes.clock import ManualClock
from tests.support.fakes.models import SumModel

ANYBODY = RowSource(None, None)


class NumberModel(SumModel):
    """The probability of `yes` is a function of the column `x`; by default x itself."""

    def __init__(self, find_share: Callable[[Array], Array] = lambda x: x) -> None:
        super().__init__()
        self.find_share = find_share

    def score(self, columns: Mapping[str, Array]) -> Scores:
        x = np.asarray(columns["x"], np.float64).ravel()
        shares = np.asarray(self.find_share(x), np.float32)
        labels = np.where(shares > 0.5, "yes", "no").astype(object)
        return {"label": labels, "probabilities": np.stack([1 - shares, shares], axis=1)}


def fail_from(limit: float) -> Callable[[Array], Array]:
    """Makes a model fail on rows whose `x` is at least the limit."""

    def find_share(x: Array) -> Array:
        if (x >= limit).any():
            raise EngineError("a bad row")
        return x

    return find_share


class ManualShadow:
    """A shadow without its thread."""

    def __init__(
        self,
        production: LiveVersion,
        canary: LiveVersion,
        cache_dir: Path | None = None,
        *,
        max_stops: int = MAX_STOPS,
    ) -> None:
        self.clock = ManualClock()
        self.live = LiveVersions()
        self.live.swap(production)
        self.live.swap(canary, CANARY)
        file = TripFile(cache_dir, "churn_model", "canary") if cache_dir else None
        self.switch = CanarySwitch(file)
        clock = self.clock.clock()
        self.breaker = Breaker(self.switch, clock)
        self.shadow = Shadow(self.live, self.breaker, clock, share=0.25, max_stops=max_stops)
        self.shadow.step()
        self.clock.now_s += SETTLE_S

    def answer(
        self,
        *cells: Cells,
        version: LiveVersion | None = None,
        source: RowSource = ANYBODY,
    ) -> None:
        """Answers one request of a row each, as the event loop does."""
        version = version or self.live.production
        assert version is not None
        for row in cells:
            request = ScoreRequest(version, RowBatch(1, [row]))
            result = ScoreResult(version, version.engine.score_rows([row]))
            if self.shadow.queue.has_room():
                self.shadow.queue.observe(request, result, source)

    def run(self) -> PairCounts:
        """Scores all that waits."""
        while len(self.shadow.queue):
            self.shadow.step()
        return self.counts

    @property
    def counts(self) -> PairCounts:
        """The counts of the present pair."""
        assert self.shadow.status is not None
        return self.shadow.status.counts

    def find_trip(self) -> str | None:
        """Why the live canary tripped."""
        trip = self._find_trip()
        return None if trip is None else trip.reason

    def find_signal(self) -> str | None:
        """The signal that tripped it."""
        trip = self._find_trip()
        return None if trip is None else trip.signal

    def _find_trip(self) -> Trip | None:
        production, canary = self.live.production, self.live.canary
        assert production is not None
        assert canary is not None
        return self.switch.find_trip(canary.identity, production.identity)


def make_rows(count: int, *, x: Callable[[int], float] = lambda n: n / 1e6) -> list[Cells]:
    """Makes different rows of `SCHEMA`."""
    return [(x(number), number, "a") for number in range(count)]
