"""The document of `GET /status`: frozen snapshots, and the state that summarises them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from baton_inference.lifecycle.live_versions import Source

State = Literal["loading", "waiting", "degraded", "swapping", "serving"]
CanaryStateName = Literal["loading", "shadow", "canary", "tripped", "failed", "refused"]


@dataclass(frozen=True)
class ServingStatus:
    """The serving version.

    Attributes:
        outputs_checked: the load checked that its answers are those of its task. Always True;
            older releases lack the field.
    """

    version: str
    run_id: str
    engine: str
    source: Source
    since: str
    outputs_checked: Literal[True] = True


@dataclass(frozen=True)
class RegistryStatus:
    """The results of polling the registry.

    Attributes:
        reachable: whether the registry answered the last poll, also if the alias is not set.
        last_success_at: the time of the last poll that it answered.
        consecutive_failures: polls without an answer since then.
        last_error: one line; null while the registry is reachable.
    """

    reachable: bool = False
    last_success_at: str | None = None
    consecutive_failures: int = 0
    last_error: str | None = None


@dataclass(frozen=True)
class LoadFailureStatus:
    """The last failed load.

    Attributes:
        attempts: consecutive failures since the alias moved to this version.
    """

    version: str
    reason: str
    at: str
    attempts: int


@dataclass(frozen=True)
class CanaryStatus:
    """The version that the canary's alias points to.

    Attributes:
        state: `refused` if it was aborted or would break the callers of production; `tripped` if
            this process stopped routing to it; `shadow` if its weight is 0.
        reason: why it is in this state, or why its weight is 0; null if there is nothing to say.
        weight: the share of the requests, in percent, that the registry records.
        effective_weight: the share that this process gives it now.
        since: when it went live; null if it is not.
        pairs: what this process has compared; null without a comparison.
    """

    alias: str
    version: str
    state: CanaryStateName
    reason: str | None
    weight: float
    effective_weight: float
    since: str | None
    pairs: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Status:
    """The whole document. Times are UTC with milliseconds, versions opaque strings."""

    model_name: str
    alias: str
    state: State
    aspired_version: str | None
    serving: ServingStatus | None
    registry: RegistryStatus
    last_load_failure: LoadFailureStatus | None
    swaps: int
    canary: CanaryStatus | None = None


def derive_state(*, is_filled: bool, is_loading: bool, is_healthy: bool) -> State:
    """Derives the state: the first one that applies.

    Args:
        is_filled: a version serves.
        is_loading: a version is loading.
        is_healthy: the registry answers, the alias is set, and its version did not fail to load.
    """
    if not is_filled:
        return "loading" if is_loading else "waiting"
    if not is_healthy:
        return "degraded"
    return "swapping" if is_loading else "serving"
