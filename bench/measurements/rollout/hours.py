"""Recorded hours of two versions on the same requests, which several rules judge."""

from dataclasses import dataclass

import numpy as np

from baton_rollout.limits import Limits
from bench.measurements.rollout.wealth import Floats

MINUTES = 60
ROWS_A_MINUTE = 600
_SPREAD_OF_SCORES = 0.25  # of one version's probabilities over the rows
_MEAN_SCORE = 0.28


@dataclass(frozen=True)
class Hours:
    """Recorded hours; each is one rollout.

    Attributes:
        kind: whether the numbers are failures (0 or 1) or scores.
        production: one number a row, shape `[hours, minutes, rows]`.
        canary: the same of the canary, for the same rows.
    """

    kind: str
    production: Floats
    canary: Floats


@dataclass(frozen=True)
class Canary:
    """A kind of canary, on requests of which some make both versions fail.

    Attributes:
        name: what it does.
        is_harmful: whether it must be aborted.
        kind: `failures` or `scores`: what is recorded.
        failures: share of rows that only the canary fails on.
        common: share of rows that both versions fail on.
        shift: mean difference of the scores.
        spread: standard deviation of the differences.
    """

    name: str
    is_harmful: bool
    kind: str
    failures: float = 0.0
    common: float = 0.0
    shift: float = 0.0
    spread: float = 0.1

    def record(self, rng: np.random.Generator, hours: int) -> Hours:
        """Records hours of it."""
        shape = (hours, MINUTES, ROWS_A_MINUTE)
        if self.kind == "failures":
            common = rng.random(shape) < self.common
            own = rng.random(shape) < self.failures
            return Hours("failures", common.astype(np.float64), (common | own).astype(np.float64))
        production = rng.normal(_MEAN_SCORE, _SPREAD_OF_SCORES, shape)
        return Hours("scores", production, production + rng.normal(self.shift, self.spread, shape))


_LIMIT = Limits().failures

CANARIES = (
    Canary("fails on 0.05 %", False, "failures", failures=_LIMIT / 2),
    Canary("fails on 0.1 %, the limit", False, "failures", failures=_LIMIT),
    Canary("both versions fail on 1.5 %", False, "failures", common=0.015),
    Canary("scores + 0.02", False, "scores", shift=0.02),
    Canary("scores + 0.05, the limit", False, "scores", shift=0.05),
    Canary("fails on 0.5 %", True, "failures", failures=0.005),
    Canary("fails on 1 %", True, "failures", failures=0.01),
    Canary("fails on 5 %", True, "failures", failures=0.05),
    Canary("scores + 0.1", True, "scores", shift=0.1),
)
