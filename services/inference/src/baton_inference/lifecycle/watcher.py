"""Follows the alias: resolves it, decides, loads, swaps. Synchronous, one poll a call."""

import gc
from collections.abc import Callable
from dataclasses import replace

from baton_common.utc import format_utc
from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.alias_lookup import AliasLookUp, LookUpFailed
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.lifecycle.loading.loader import Loader
from baton_inference.lifecycle.model_tags import ModelTagReader
from baton_inference.lifecycle.policy import Decision, FailedLoad, decide
from baton_inference.lifecycle.watcher_state import WatcherState
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion


class Watcher:
    """Keeps the serving version equal to the aspired one. `poll` is one poll and its effects."""

    def __init__(  # noqa: PLR0913 - its dependencies
        self,
        registry: RegistryClient,
        loader: Loader,
        state: WatcherState,
        tags: ModelTagReader,
        clock: Clock,
        *,
        on_swap: Callable[[], None] = lambda: None,
    ) -> None:
        """Wires the watcher. Does not contact the registry.

        Args:
            registry: resolves the alias.
            loader: loads versions.
            state: what the watcher knows; holds the slot, names the model and the alias.
            tags: reads the tags of the model, which hold the moves of the alias.
            clock: times retries.
            on_swap: called after another version went live.
        """
        self._alias = AliasLookUp(registry, state.model_name, state.alias)
        self._loader = loader
        self._live = state.live
        self._state = state
        self._tags = tags
        self._clock = clock
        self._on_swap = on_swap
        self._has_tried_blamed = False

    @property
    def failure(self) -> FailedLoad | None:
        """The failed load that the policy considers."""
        return self._state.failure

    @property
    def trial_end_s(self) -> float | None:
        """When the next trial of a version ends."""
        return self._loader.marks.compute_end_s()

    @property
    def is_away(self) -> bool:
        """Whether the registry gave no answer to the last poll."""
        return not self._state.status.registry.reachable

    def restore(self) -> None:
        """Fills the slot from the cache. Does not contact the registry."""
        self._loader.clean_up()
        self._loader.marks.blame.read()
        self._restore_last_served()

    def poll(self) -> None:
        """Resolves the alias once, and loads its version if the policy decides so."""
        self._loader.marks.prove(self._clock.steady_s())
        if self._resolve():
            self._load_if_due()
            aspired = self._state.aspired
            self._tags.refresh(aspired.version if aspired else None)
        elif self._live.production is None and not self._has_tried_blamed:
            # An empty slot answers no caller. The registry comes first: the alias may have moved.
            self._has_tried_blamed = True
            self._restore_last_served(tries_blamed=True)

    def _restore_last_served(self, *, tries_blamed: bool = False) -> None:
        state = self._state
        state.note_loading()
        version = self._loader.load_last_served(
            state.model_name, state.alias, tries_blamed=tries_blamed
        )
        if version is not None:
            self._put(version)
        state.note_serving(version)

    def _resolve(self) -> bool:
        """Resolves the alias. Returns False if the registry did not answer."""
        state = self._state
        try:
            state.note_aspired(self._alias.find_version())
        except LookUpFailed as failure:
            state.note_unreachable(str(failure))
            return False
        blame = self._loader.marks.blame
        blame.note_aspired(state.alias, state.aspired_identity)
        if blame.has_ended(state.failure, state.aspired):
            state.failure = None
        return True

    def _load_if_due(self) -> None:
        """Loads the aspired version if the policy decides so."""
        state, production = self._state, self._live.production
        serving, aspired = production.identity if production else None, state.aspired_identity
        if aspired is not None and aspired == serving:
            self._live.confirm()
            state.note_agreement()
        decision = decide(serving, aspired, state.failure, self._clock.steady_s())
        if decision is Decision.LOAD and state.aspired is not None:
            self._load(state.aspired)

    def _load(self, version: ModelVersion) -> None:
        state = self._state
        state.note_loading()
        try:
            loaded = self._take_canary(version) or self._load_new(version)
        except LoadFailure as failure:
            state.note_failure(version, failure)
            return
        is_replacement = self._put(loaded)
        state.note_serving(loaded, is_replacement=is_replacement)
        self._loader.record_serving(loaded, state.alias)
        # A load leaves reference cycles; `main.tune_garbage_collector` makes collections rare.
        gc.collect()

    def _take_canary(self, version: ModelVersion) -> LiveVersion | None:
        """Returns the canary if it is this version: a promotion after a rollout loads nothing."""
        canary = self._live.canary
        if canary is None or canary.identity != version.identity:
            return None
        return replace(canary, model=version, since=format_utc(self._clock.posix_s()))

    def _load_new(self, version: ModelVersion) -> LiveVersion:
        if self._live.production is not None:  # an empty slot answers no caller: any may try
            self._loader.marks.blame.check(version)
        return self._loader.load(version)

    def _put(self, version: LiveVersion) -> bool:
        """Puts a version into the slot. Returns True if it replaces another one."""
        is_replacement = self._live.swap(version)
        self._loader.marks.update(self._live, self._clock.steady_s())
        self._on_swap()
        return is_replacement
