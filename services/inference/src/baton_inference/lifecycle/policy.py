"""What to do about the alias: a pure decision. No I/O, and no clock is read here."""

from dataclasses import dataclass
from enum import Enum
from typing import Self

from baton_inference.errors import FailureKind
from baton_registry.versions.model_version import ModelVersion

FETCH_RETRY_S = 5.0
LOAD_RETRY_S = 60.0
JITTER = 0.1
"""How far a wait may be from the poll interval, as a share of it."""


@dataclass(frozen=True)
class Identity:
    """Tells versions apart: a registry that was set up anew numbers from 1 again.

    Attributes:
        version: the version's number, opaque.
        source: where its artifacts are.
    """

    version: str
    source: str

    @classmethod
    def from_version(cls, version: ModelVersion) -> Self:
        """The identity of what the registry describes."""
        return cls(version.version, version.source)


@dataclass(frozen=True)
class Failure:
    """The last failed load of a version that the alias has pointed to ever since.

    Attributes:
        identity: the version.
        kind: decides how long to wait.
        at_s: the clock's reading when it failed.
        attempts: failures in a row, at least 1.
    """

    identity: Identity
    kind: FailureKind
    at_s: float
    attempts: int = 1

    @property
    def retry_at_s(self) -> float:
        """The clock's reading from which the version may be tried again."""
        wait_s = FETCH_RETRY_S if self.kind is FailureKind.FETCH else LOAD_RETRY_S
        return self.at_s + wait_s

    def is_fresh(self, now_s: float) -> bool:
        """Whether it is too early to try again; never so by a clock that was set back since."""
        return self.at_s <= now_s < self.retry_at_s


class Decision(Enum):
    """What the watcher does next."""

    NOTHING = "nothing"
    """The alias is not set, or its version serves."""
    LOAD = "load"
    """Load the aspired version now."""
    WAIT = "wait"
    """The aspired version failed, and it is too early to try it again."""


def decide(
    serving: Identity | None, aspired: Identity | None, failure: Failure | None, now_s: float
) -> Decision:
    """What to do about the aspired version.

    Args:
        serving: what the slot holds.
        aspired: what the alias says; None where it is not set.
        failure: the last failed load, as `drop_outdated` leaves it.
        now_s: a reading of the clock that `failure` was timed with.
    """
    if aspired is None or aspired == serving:
        return Decision.NOTHING
    if failure is not None and failure.identity == aspired and failure.is_fresh(now_s):
        return Decision.WAIT
    return Decision.LOAD


def drop_outdated(failure: Failure | None, aspired: Identity | None) -> Failure | None:
    """`failure`, unless the alias has left its version: coming back to it is a fresh start."""
    return failure if failure is not None and failure.identity == aspired else None


def wait_s(poll_interval_s: float, jitter: float, failure: Failure | None, now_s: float) -> float:
    """How long to wait before the next look-up.

    Args:
        poll_interval_s: the interval that was set.
        jitter: a random number in [-1, 1]: many processes shall not ask at the same moment.
        failure: a load to be tried again, perhaps before the interval is over.
        now_s: a reading of the clock that `failure` was timed with.
    """
    poll_s = poll_interval_s * (1 + JITTER * jitter)
    if failure is None or not failure.is_fresh(now_s):
        return poll_s  # an overdue retry means that the registry did not answer
    return min(poll_s, failure.retry_at_s - now_s)
