"""Decides what to do about the aliases. Pure functions: they do no I/O and read no clock."""

import math
from dataclasses import dataclass
from enum import Enum

from baton_inference.errors import FailureKind
from baton_registry.versions.model_version import VersionIdentity

FETCH_RETRY_S = 5.0
LOAD_RETRY_S = 60.0
JITTER = 0.1
"""The greatest deviation of a wait from the poll interval, as a share of it."""


@dataclass(frozen=True)
class FailedLoad:
    """The last failed load of the aspired version.

    Attributes:
        identity: the version.
        kind: determines the wait before a retry.
        at_s: the clock's reading at the failure.
        attempts: consecutive failures, at least 1.
    """

    identity: VersionIdentity
    kind: FailureKind
    at_s: float
    attempts: int = 1

    @property
    def retry_at_s(self) -> float:
        """The clock's reading at which the next retry is due; infinity: the alias must move."""
        if self.kind is FailureKind.CRASHED:
            return math.inf
        wait_s = FETCH_RETRY_S if self.kind is FailureKind.FETCH else LOAD_RETRY_S
        return self.at_s + wait_s

    def is_backing_off(self, now_s: float) -> bool:
        """Whether it is too early for a retry. Always False if the clock was set back."""
        return self.at_s <= now_s < self.retry_at_s


@dataclass(frozen=True)
class Refusal:
    """A canary that would break the callers of production.

    Attributes:
        canary: the refused version.
        production: the version whose callers it would break. Beside another one it may fit.
        reason: what breaks them.
    """

    canary: VersionIdentity
    production: VersionIdentity
    reason: str


@dataclass(frozen=True)
class CanarySnapshot:
    """What the policy of the canary needs to know about both versions.

    Attributes:
        production: the version in production; None before the first load.
        live: the live canary.
        aspired: the version that the canary's alias points to; None if it is not set.
        is_aborted: whether the aspired version's rollout was aborted.
        refusal: the last refusal.
        failure: the last failed load, filtered by `drop_outdated`.
    """

    production: VersionIdentity | None
    live: VersionIdentity | None
    aspired: VersionIdentity | None
    is_aborted: bool = False
    refusal: Refusal | None = None
    failure: FailedLoad | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the aspired version would break the callers of the version in production."""
        refusal = self.refusal
        return refusal is not None and (refusal.canary, refusal.production) == (
            self.aspired,
            self.production,
        )


class Decision(Enum):
    """What a watcher does next."""

    NOTHING = "nothing"
    """There is no version to load, or it is live already."""
    LOAD = "load"
    """Load the aspired version now."""
    WAIT = "wait"
    """The aspired version failed to load, and its retry is not due yet."""
    DROP = "drop"
    """Unload the canary. Production is never dropped."""


def decide(
    serving: VersionIdentity | None,
    aspired: VersionIdentity | None,
    failure: FailedLoad | None,
    now_s: float,
) -> Decision:
    """Decides what to do about the aspired version.

    Args:
        serving: the version in the slot.
        aspired: the version that the alias points to; None if it is not set.
        failure: the last failed load, filtered by `drop_outdated`.
        now_s: a reading of the clock that timed `failure`.
    """
    if aspired is None or aspired == serving:
        return Decision.NOTHING
    if failure is not None and failure.identity == aspired and failure.is_backing_off(now_s):
        return Decision.WAIT
    return Decision.LOAD


def decide_canary(snapshot: CanarySnapshot, now_s: float) -> Decision:
    """Decides what to do about the canary.

    Without production there is no canary: it could neither be compared nor replaced. A canary that
    the alias has left is dropped before its successor loads, because its weight is gone.

    Args:
        snapshot: what is known about both versions.
        now_s: a reading of the clock that timed `snapshot.failure`.
    """
    wanted = snapshot.aspired
    if snapshot.production in (None, wanted) or snapshot.is_aborted or snapshot.is_refused:
        wanted = None
    if snapshot.live not in (None, wanted):
        return Decision.DROP
    return decide(snapshot.live, wanted, snapshot.failure, now_s)


def drop_outdated(failure: FailedLoad | None, aspired: VersionIdentity | None) -> FailedLoad | None:
    """Drops a failure of a version that the alias left. If the alias returns, it loads at once."""
    return failure if failure is not None and failure.identity == aspired else None


def compute_wait_s(
    poll_interval_s: float, jitter: float, failure: FailedLoad | None, now_s: float
) -> float:
    """Computes the wait before the next poll.

    Args:
        poll_interval_s: the configured poll interval.
        jitter: a random number in [-1, 1], so that replicas do not poll at the same moment.
        failure: a failed load, whose retry can be due before the interval is over.
        now_s: a reading of the clock that timed `failure`.
    """
    poll_s = poll_interval_s * (1 + JITTER * jitter)
    if failure is None or not failure.is_backing_off(now_s):
        return poll_s  # a retry is overdue only while the registry cannot be reached
    return min(poll_s, failure.retry_at_s - now_s)
