"""Decides what to do about the alias. A pure function: it does no I/O and reads no clock."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from baton_inference.errors import FailureKind
from baton_registry.versions.model_version import ModelVersion

FETCH_RETRY_S = 5.0
LOAD_RETRY_S = 60.0
JITTER = 0.1
"""The greatest deviation of a wait from the poll interval, as a share of it."""


@dataclass(frozen=True)
class Identity:
    """Identifies a version. The number alone is not enough: a new registry starts at 1 again.

    Attributes:
        version: the version's number, opaque.
        source: the location of its artifacts.
    """

    version: str
    source: str

    @classmethod
    def from_version(cls, version: ModelVersion) -> Self:
        """Returns the identity of a version in the registry."""
        return cls(version.version, version.source)


@dataclass(frozen=True)
class FailedLoad:
    """The last failed load of the aspired version.

    Attributes:
        identity: the version.
        kind: determines the wait before a retry.
        at_s: the clock's reading at the failure.
        attempts: consecutive failures, at least 1.
    """

    identity: Identity
    kind: FailureKind
    at_s: float
    attempts: int = 1

    @property
    def retry_at_s(self) -> float:
        """The clock's reading at which the next retry is due."""
        wait_s = FETCH_RETRY_S if self.kind is FailureKind.FETCH else LOAD_RETRY_S
        return self.at_s + wait_s

    def is_backing_off(self, now_s: float) -> bool:
        """Whether it is too early for a retry. Always False if the clock was set back."""
        return self.at_s <= now_s < self.retry_at_s


class Decision(Enum):
    """What the watcher does next."""

    NOTHING = "nothing"
    """The alias is not set, or its version already serves."""
    LOAD = "load"
    """Load the aspired version now."""
    WAIT = "wait"
    """The aspired version failed to load, and its retry is not due yet."""


def decide(
    serving: Identity | None, aspired: Identity | None, failure: FailedLoad | None, now_s: float
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


def drop_outdated(failure: FailedLoad | None, aspired: Identity | None) -> FailedLoad | None:
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
