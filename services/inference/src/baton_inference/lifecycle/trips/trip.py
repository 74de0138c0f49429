"""Why a process routes no request to a canary."""

from dataclasses import dataclass
from typing import Self

from baton_registry.versions.model_version import VersionIdentity

ENDLESS = "endless"
"""The signal of a canary with a call that cannot be stopped."""
NO_THREADS = "no_threads"
"""The signal while no canary can be called, because such calls block all threads."""


@dataclass(frozen=True)
class Trip:
    """Why this process stopped routing to a canary.

    Attributes:
        canary: the version.
        reason: what it did, in one line.
        production: the version that it was compared with. Beside another one nothing is known
            yet. None: the trip holds beside any.
        signal: the signal that showed the harm; empty if a process before this one tripped it.
    """

    canary: VersionIdentity
    reason: str
    production: VersionIdentity | None = None
    signal: str = ""

    @classmethod
    def for_endless(cls, canary: VersionIdentity) -> Self:
        """Returns the trip of a canary with a call that blocks its thread. It holds beside any."""
        reason = "a call of the model does not end and cannot be stopped; it blocks a thread"
        return cls(canary, reason, signal=ENDLESS)

    def holds_beside(self, production: VersionIdentity | None) -> bool:
        """Whether the trip holds while this version is in production."""
        return self.production in (None, production)
