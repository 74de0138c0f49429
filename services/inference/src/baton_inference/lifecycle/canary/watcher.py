"""Follows the alias of the canary: resolves it, decides, loads, drops, and sets its share.

It has a thread of its own, so that a large canary that is being fetched does not delay a rollback.
"""

import gc

import structlog

from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.alias_lookup import AliasLookUp, LookUpFailed
from baton_inference.lifecycle.canary.breaks import find_canary_breaks
from baton_inference.lifecycle.canary.state import CanaryState
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import CANARY, CanaryRoute, LiveVersion
from baton_inference.lifecycle.loading.loader import Loader
from baton_inference.lifecycle.policy import Decision, FailedLoad, Refusal, decide_canary
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.rollout_tags import ROLLOUT_TAG, is_aborted
from baton_registry.versions.schema_breaks import format_breaks

log = structlog.get_logger("baton.canary")


class CanaryWatcher:
    """Keeps the canary equal to the version that its alias points to."""

    def __init__(
        self, registry: RegistryClient, loader: Loader, state: CanaryState, clock: Clock
    ) -> None:
        """Wires the watcher. Does not contact the registry.

        Args:
            registry: resolves the alias.
            loader: loads canaries.
            state: what the watcher knows; holds the live versions, names the model and the alias.
            clock: times retries.
        """
        self._alias = AliasLookUp(registry, state.model_name, state.alias)
        self._loader = loader
        self._state = state
        self._live = state.live
        self._clock = clock
        self._is_away = True

    @property
    def failure(self) -> FailedLoad | None:
        """The failed load that the policy considers."""
        return self._state.failure

    @property
    def trial_end_s(self) -> float | None:
        """When the canary's trial ends."""
        return self._loader.marks.compute_end_s()

    @property
    def is_away(self) -> bool:
        """Whether the registry gave no answer to the last poll."""
        return self._is_away

    def restore(self) -> None:
        """Restores no version: without the registry, production answers alone."""
        self._loader.marks.blame.read()

    def poll(self) -> None:
        """Resolves the alias once, and does what the policy decides.

        While the registry gives no answer, the last one holds: the canary keeps its share, but
        gets no new one.
        """
        self._loader.marks.prove(self._clock.steady_s())
        is_current = self._resolve()
        production = self._compare_or_drop()
        if self._load_if_due():
            # A load takes long: its version may be aborted by now, or have another weight.
            is_current = self._resolve()
            production = self._compare_or_drop()
        if is_current:
            self._share(production)

    def _resolve(self) -> bool:
        """Resolves the alias. Returns False if the registry did not answer."""
        state = self._state
        try:
            aspired = self._alias.find_version()
        except LookUpFailed:  # the other watcher reports it
            self._is_away = True
            return False
        self._is_away = False
        state.note_aspired(aspired)
        blame = self._loader.marks.blame
        blame.note_aspired(state.alias, aspired.identity if aspired else None)
        if blame.has_ended(state.failure, aspired):
            state.forget_failure()
        return True

    def _decide(self) -> Decision:
        return decide_canary(self._state.take_snapshot(), self._clock.steady_s())

    def _compare_or_drop(self) -> LiveVersion | None:
        """Compares the live canary with production, and drops it if the policy decides so.

        Returns:
            The version that it was compared with; production may be replaced at any time.
        """
        production, canary = self._live.production, self._live.canary
        refusal = self._find_refusal(canary, production) if canary is not None else None
        if refusal is not None:
            self._state.note_refusal(refusal)
        if self._decide() is Decision.DROP:
            self._drop()
        return production

    @staticmethod
    def _find_refusal(canary: LiveVersion, production: LiveVersion | None) -> Refusal | None:
        if production is None or production.identity == canary.identity:
            return None
        breaks = find_canary_breaks(production, canary)
        if not breaks:
            return None
        reason = (
            f"version {canary.model.version} would break callers of version"
            f" {production.model.version}: {format_breaks(breaks, '; ')}"
        )
        return Refusal(canary.identity, production.identity, reason)

    def _drop(self) -> None:
        canary = self._live.canary
        self._live.drop_canary()
        self._loader.marks.update(self._live, self._clock.steady_s())
        if canary is not None:
            reason = self._describe_drop(canary)
            log.info("canary dropped", version=canary.model.version, reason=reason)

    def _describe_drop(self, canary: LiveVersion) -> str:
        aspired, refusal = self._state.aspired, self._state.take_snapshot().refusal
        if aspired is None:
            return "its alias is not set"
        if aspired.identity != canary.identity:
            return f"its alias points to version {aspired.version}"
        if is_aborted(aspired.tags):
            return aspired.tags[ROLLOUT_TAG]
        return refusal.reason if refusal is not None else ""

    def _load_if_due(self) -> bool:
        """Loads the aspired version if the policy decides so. Returns True if it is live."""
        aspired = self._state.aspired
        if aspired is None or self._decide() is not Decision.LOAD:
            return False
        return self._load(aspired)

    def _load(self, version: ModelVersion) -> bool:
        state, marks = self._state, self._loader.marks
        try:
            marks.blame.check(version)
            loaded = self._loader.load(version)
        except LoadFailure as failure:
            state.note_failure(version, failure)
            return False
        refusal = self._find_refusal(loaded, self._live.production)
        if refusal is not None:
            marks.end(loaded.identity)
            state.note_refusal(refusal)
            return False
        self._live.swap(loaded, CANARY)
        marks.update(self._live, self._clock.steady_s())
        state.note_live(loaded)
        del loaded
        gc.collect()  # as in `watcher.py`
        return True

    def _share(self, production: LiveVersion | None) -> None:
        """Gives the canary the share that the registry records.

        Args:
            production: the version that the canary was compared with.
        """
        canary, state = self._live.canary, self._state
        if production is None or canary is None:
            return
        is_aspired = self._decide() is Decision.NOTHING  # it may have become production since
        has_share = is_aspired and state.weight > 0
        route = CanaryRoute(canary, production.identity, state.alias, state.weight, state.switch)
        self._live.share(route if has_share else None)
