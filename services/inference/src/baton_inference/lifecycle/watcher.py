"""Follows the alias: resolves it, decides, loads, swaps. Synchronous, one poll a call."""

import gc

import structlog

from baton_inference.errors import LoadFailure
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.loader import Loader
from baton_inference.lifecycle.moves import MoveReader
from baton_inference.lifecycle.policy import Decision, decide
from baton_inference.lifecycle.watcher_state import WatcherState
from baton_registry.errors import AliasNotSet, RegistryError
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion

log = structlog.get_logger("baton.watcher")


class Watcher:
    """Keeps the serving version equal to the aspired one. `poll` is one poll and its effects."""

    def __init__(
        self,
        registry: RegistryClient,
        loader: Loader,
        state: WatcherState,
        moves: MoveReader,
        clock: Clock,
    ) -> None:
        """Wires the watcher. Does not contact the registry.

        Args:
            registry: resolves the alias.
            loader: loads versions.
            state: what the watcher knows; holds the slot, names the model and the alias.
            moves: reads the moves of the alias.
            clock: times retries.
        """
        self._registry = registry
        self._loader = loader
        self._live = state.live
        self._state = state
        self._moves = moves
        self._clock = clock

    def restore(self) -> None:
        """Fills the slot from the cache. Does not contact the registry."""
        state = self._state
        self._loader.clean_up()
        state.note_loading()
        version = self._loader.load_last_served(state.model_name, state.alias)
        if version is not None:
            self._live.swap(version)
        state.note_serving(version)

    def poll(self) -> None:
        """Resolves the alias once, and loads its version if the policy decides so."""
        if self._resolve():
            self._load_if_due()
            aspired = self._state.aspired
            self._moves.refresh(aspired.version if aspired else None)

    def _resolve(self) -> bool:
        """Resolves the alias. Returns False if the registry did not answer."""
        state = self._state
        try:
            state.note_aspired(self._registry.resolve_alias(state.model_name, state.alias))
        except AliasNotSet:
            state.note_aspired(None)
        except RegistryError as error:
            state.note_unreachable(str(error))
            return False
        except Exception as error:
            log.exception("the alias cannot be resolved: unexpected error")
            state.note_unreachable(f"unexpected {type(error).__name__}; see the service's log")
            return False
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
            loaded = self._loader.load(version)
        except LoadFailure as failure:
            state.note_failure(version, failure)
            return
        is_replacement = self._live.swap(loaded)
        state.note_serving(loaded, is_replacement=is_replacement)
        self._loader.record_serving(loaded, state.alias)
        # A load leaves reference cycles; `main.tune_garbage_collector` makes collections rare.
        gc.collect()
