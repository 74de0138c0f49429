"""Trips a harmful canary: this process stops routing to it, without registry or controller."""

from collections.abc import Sequence

from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip import Trip
from baton_registry.versions.model_version import VersionIdentity
from baton_rollout.judgement import TRIP_ODDS, SignalJudgement, find_harm
from baton_rollout.progress.texts import describe_harm
from baton_rollout.signals import Signal

SETTLE_S = 10.0
"""For so long after a canary has come, only failures and slowness trip it.

The record of a rollout says if the version is meant to answer otherwise. It is read some seconds
after the canary.
"""
_HARD: tuple[Signal, ...] = ("failures", "slower")


class Breaker:
    """Trips a canary at evidence of 10,000 : 1 from the pairs of this process."""

    def __init__(self, switch: CanarySwitch, clock: Clock) -> None:
        self._switch = switch
        self._clock = clock

    def check(
        self,
        canary: VersionIdentity,
        production: VersionIdentity,
        since_s: float,
        judgements: Sequence[SignalJudgement],
    ) -> None:
        """Trips a canary if one of the signals shows harm.

        Args:
            canary: the version.
            production: the version that it was compared with.
            since_s: the steady clock's reading when its comparison with production started.
            judgements: the judgement of its pairs.
        """
        is_settled = self._clock.steady_s() - since_s >= SETTLE_S
        harm = find_harm(
            [each for each in judgements if is_settled or each.signal in _HARD], TRIP_ODDS
        )
        if harm is None or self._switch.find_trip(canary, production) is not None:
            return
        self._switch.trip(Trip(canary, describe_harm(harm), production, harm.signal))

    def trip_endless(self, canary: VersionIdentity) -> None:
        """Trips a canary with a call that cannot be stopped. Does not wait for the disk."""
        self._switch.trip_without_waiting(Trip.for_endless(canary))
