"""What `GET /status` says: frozen snapshots, and the word that sums one up."""

from dataclasses import dataclass
from typing import Literal

from baton_inference.lifecycle.live_versions import Source

State = Literal["loading", "waiting", "degraded", "swapping", "serving"]


@dataclass(frozen=True)
class ServingStatus:
    """What the slot holds.

    Attributes:
        outputs_checked: its answers were checked when it was loaded: labels that are its classes,
            probabilities that sum to 1. Always; by its absence an older release is known.
    """

    version: str
    run_id: str
    engine: str
    source: Source
    since: str
    outputs_checked: Literal[True] = True


@dataclass(frozen=True)
class RegistryStatus:
    """How the look-ups of the alias went.

    Attributes:
        reachable: whether the last one was answered; that the alias is not set is an answer too.
        last_success_at: of the last one that was answered.
        consecutive_failures: unanswered ones since then.
        last_error: one line; null while the registry is reachable.
    """

    reachable: bool = False
    last_success_at: str | None = None
    consecutive_failures: int = 0
    last_error: str | None = None


@dataclass(frozen=True)
class LoadFailureStatus:
    """The last load that failed.

    Attributes:
        attempts: how often in a row, since the alias points to this version.
    """

    version: str
    reason: str
    at: str
    attempts: int


@dataclass(frozen=True)
class Status:
    """Everything at one moment. Times are UTC with milliseconds, versions opaque strings."""

    model_name: str
    alias: str
    state: State
    aspired_version: str | None
    serving: ServingStatus | None
    registry: RegistryStatus
    last_load_failure: LoadFailureStatus | None
    swaps: int


def derive_state(*, is_filled: bool, is_loading: bool, is_healthy: bool) -> State:
    """The word for it all: the first that holds.

    Args:
        is_filled: a version serves.
        is_loading: a version is being loaded.
        is_healthy: the registry answers, the alias is set, and its version has not failed.
    """
    if not is_filled:
        return "loading" if is_loading else "waiting"
    if not is_healthy:
        return "degraded"
    return "swapping" if is_loading else "serving"
