"""What is simulated: canaries on the boundary of their limits, and harmful ones."""

from dataclasses import dataclass

import numpy as np

from baton_rollout.limits import Limits
from baton_rollout.signals import Signal
from bench.measurements.rollout.differences import (
    Binormal,
    round_all,
    spread_normal,
    spread_values,
)
from bench.measurements.rollout.streams import Differences, Ones, Stream

LIMITS = Limits()
SCORE_LIMIT = LIMITS.get_score_range("")
QUALITY_LIMIT = (-1.0, LIMITS.quality)

BOUNDARIES: dict[Signal, Stream] = {
    "failures": Ones(LIMITS.failures, LIMITS.failures),
    "slower": Ones(LIMITS.slower, LIMITS.slower),
    "other_label": Ones(LIMITS.other_label, LIMITS.other_label),
    "score": Differences(spread_normal(SCORE_LIMIT[1], 0.1), SCORE_LIMIT),
    "quality": Differences(spread_normal(LIMITS.quality, 0.11), QUALITY_LIMIT),
}
"""Canaries whose mean is exactly the limit: the likeliest ones to be aborted wrongly."""

TELCO = Binormal(positives=0.28, production=0.817, canary=0.767, correlation=0.8)
"""A canary whose ROC AUC is 0.05 below that of production, on the classes of the Telco table.

The differences of the Brier losses have a mean of 0.017 and a standard deviation of 0.115.
"""


@dataclass(frozen=True)
class Harm:
    """A harmful canary, and how fast the design says that it is found.

    Attributes:
        name: what it does.
        stream: its pairs.
        pairs: the length of the simulation; all rollouts abort in it.
        median: pairs until half of the rollouts have aborted.
        late: pairs until 95 % have.
        trip: pairs until half of the single processes stop asking it; None if not designed.
    """

    name: str
    stream: Stream
    pairs: int
    median: int
    late: int
    trip: int | None


def list_harms() -> list[Harm]:
    """Lists the harmful canaries, with the delays of docs/decisions/027-evidence.md."""
    losses = TELCO.draw_losses(np.random.default_rng(18))
    one_way = spread_values({1.0: 0.11, 0.0: 0.88, -1.0: 0.01})
    failures, slower, label = LIMITS.failures, LIMITS.slower, LIMITS.other_label
    return [
        Harm("fails on every row", Ones(1, failures), 100, 20, 20, 20),
        Harm("fails on 5 %", Ones(0.05, failures), 1_000, 43, 140, 75),
        Harm("fails on 1 %", Ones(0.01, failures), 6_000, 442, 1_278, 806),
        Harm("fails on 0.3 %", Ones(0.003, failures), 60_000, 5_400, 12_200, 8_900),
        Harm("slower on every row", Ones(1, slower), 100, 20, 20, 20),
        Harm("slower on 75 %", Ones(0.75, slower), 1_000, 52, 100, 89),
        Harm("other label on 20 %", Ones(0.2, label), 3_000, 160, 390, 262),
        Harm("one label 10 points more often", _score(one_way), 6_000, 612, 1_130, 958),
        Harm("scores + 0.1 (spread 0.1)", _normal(0.1, 0.1), 1_500, 207, 261, 321),
        Harm("scores + 0.1 (spread 0.2)", _normal(0.1, 0.2), 3_000, 284, 475, 445),
        Harm(
            "ROC AUC - 0.05, labelled rows",
            Differences(round_all(losses), QUALITY_LIMIT),
            8_000,
            1_050,
            2_200,
            None,
        ),
    ]


def _score(shares: np.ndarray) -> Differences:
    return Differences(shares, SCORE_LIMIT)


def _normal(mean: float, deviation: float) -> Differences:
    return _score(spread_normal(mean, deviation))
