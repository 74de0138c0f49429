"""The results of the simulated rollouts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from baton_rollout.signals import Signal
from bench.measurements.rollout.hours import Canary
from bench.measurements.rollout.scenarios import Harm
from bench.measurements.rollout.streams import Scale
from bench.measurements.rollout.wealth import NEVER, Floats, Ints
from bench.measurements.rollout.whole.rows import World
from bench.measurements.rollout.whole.simulation import Outcome


@dataclass(frozen=True)
class Delay:
    """When rollouts of a harmful canary aborted.

    Attributes:
        harm: the canary.
        aborts: the pair of the abort and of the trip of each rollout, shape `[rollouts, 2]`.
    """

    harm: Harm
    aborts: Ints

    def compute_quantile(self, quantile: float, column: int = 0) -> float:
        """Computes a quantile of the pairs; infinite if so few rollouts ended."""
        pairs = self.aborts[:, column]
        value = np.quantile(pairs.astype(np.float64), quantile, method="higher")
        return float("inf") if value >= NEVER else float(value)


@dataclass(frozen=True)
class Verdicts:
    """What the rules said about recorded hours of one canary.

    Attributes:
        canary: the canary.
        minutes: by rule, the minute of the abort of each hour, or infinity.
    """

    canary: Canary
    minutes: Mapping[str, Floats]


@dataclass
class RolloutResults:
    """The results of a run.

    Attributes:
        scale: of the rollouts at the boundary.
        false_aborts: by signal, how many of these rollouts aborted.
        delays: one for each harmful canary.
        verdicts: one for each kind of recorded hours.
        outcomes: by canary, the ends of whole rollouts.
        machine: description of the machine.
    """

    scale: Scale
    false_aborts: dict[Signal, int] = field(default_factory=dict)
    delays: list[Delay] = field(default_factory=list)
    verdicts: list[Verdicts] = field(default_factory=list)
    outcomes: dict[World, Sequence[Outcome]] = field(default_factory=dict)
    machine: str = ""
