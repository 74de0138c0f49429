"""The canary's part of the status."""

from collections.abc import Callable, Mapping
from typing import Any

from baton_inference.errors import FailureKind
from baton_inference.lifecycle.canary.state import CanaryState
from baton_inference.lifecycle.policy import CanarySnapshot, FailedLoad
from baton_inference.lifecycle.status import CanaryStateName, CanaryStatus
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import ROLLOUT_TAG, find_weight_problem, read_weight

StateAndReason = tuple[CanaryStateName, str | None]


class CanaryReport:
    """Builds the canary's part of the status. Safe to use from any thread."""

    def __init__(
        self,
        state: CanaryState,
        *,
        read_pairs: Callable[[], Mapping[str, Any] | None] = lambda: None,
        find_stop: Callable[[], str] = lambda: "",
    ) -> None:
        """Wires the report.

        Args:
            state: what the watcher knows.
            read_pairs: returns what this process has compared.
            find_stop: returns why this process compares nothing any more; empty if it does.
        """
        self._state = state
        self._read_pairs = read_pairs
        self._find_stop = find_stop

    def build(self) -> CanaryStatus | None:
        """Builds the canary's part of the status; None if there is no canary."""
        state = self._state
        snapshot, aspired, live = state.take_snapshot(), state.aspired, state.live.canary
        if aspired is None or snapshot.aspired == snapshot.production:
            return None
        is_live = live is not None and live.identity == snapshot.aspired
        name, reason = self._derive_state(snapshot, aspired, is_live=is_live)
        return CanaryStatus(
            alias=state.alias,
            version=aspired.version,
            state=name,
            reason=reason,
            weight=read_weight(aspired.tags, state.alias),
            effective_weight=self._find_effective_weight() if name == "canary" else 0.0,
            since=live.since if live is not None and is_live else None,
            pairs=self._read_pairs(),
        )

    def _derive_state(
        self, snapshot: CanarySnapshot, aspired: ModelVersion, *, is_live: bool
    ) -> StateAndReason:
        """Returns the first state that applies, and the reason."""
        if snapshot.is_aborted:
            return "refused", aspired.tags[ROLLOUT_TAG]
        if snapshot.is_refused and snapshot.refusal is not None:
            return "refused", snapshot.refusal.reason
        if not is_live:
            return self._derive_load_state(snapshot.failure)
        return self._derive_live_state(snapshot, aspired)

    def _derive_load_state(self, failure: FailedLoad | None) -> StateAndReason:
        """A fetch that failed says nothing about the version: it goes on, and aborts no rollout."""
        if failure is None:
            return "loading", None
        state: CanaryStateName = "loading" if failure.kind is FailureKind.FETCH else "failed"
        return state, self._state.failure_reason

    def _derive_live_state(self, snapshot: CanarySnapshot, aspired: ModelVersion) -> StateAndReason:
        switch, alias = self._state.switch, self._state.alias
        trip = switch.find_trip(aspired.identity, snapshot.production)
        if trip is not None:
            return "tripped", trip.reason
        if switch.closed:
            return "failed", switch.closed
        stop = self._find_stop() or None
        if read_weight(aspired.tags, alias) > 0:
            return "canary", stop
        return "shadow", find_weight_problem(aspired.tags, alias) or stop

    def _find_effective_weight(self) -> float:
        route = self._state.live.route
        return route.weight if route is not None else 0.0
