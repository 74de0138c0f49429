"""Follows the alias: looks it up, decides, loads, swaps. One step a call, in plain code."""

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
    """Keeps the slot at what the alias says: `step` is one look-up and what follows from it."""

    def __init__(
        self,
        registry: RegistryClient,
        loader: Loader,
        record: WatcherState,
        moves: MoveReader,
        clock: Clock,
    ) -> None:
        """Wires the watcher; nothing is looked up yet.

        Args:
            registry: resolves the alias.
            loader: loads versions.
            record: what was seen; holds the slot, names the model and the alias.
            moves: reads how the alias came to be where it is.
            clock: times retries.
        """
        self._registry = registry
        self._loader = loader
        self._live = record.live
        self._record = record
        self._moves = moves
        self._clock = clock

    def restore(self) -> None:
        """Fills the slot from the cache, without a word to the registry."""
        record = self._record
        self._loader.clean_up()
        record.note_loading()
        served = self._loader.load_last_served(record.model_name, record.alias)
        if served is not None:
            self._live.swap(served)
        record.note_serving(served)

    def step(self) -> None:
        """Looks the alias up once, and does what follows from it."""
        if self._resolve():
            self._follow()
            aspired = self._record.aspired
            self._moves.follow(aspired.version if aspired else None)

    def _resolve(self) -> bool:
        """Looks the alias up; False where the registry did not answer."""
        record = self._record
        try:
            record.note_aspired(self._registry.resolve_alias(record.model_name, record.alias))
        except AliasNotSet:
            record.note_aspired(None)
        except RegistryError as error:
            record.note_unreachable(str(error))
            return False
        except Exception as error:
            log.exception("the look-up of the alias failed unexpectedly")
            record.note_unreachable(f"unexpected {type(error).__name__}; the log says more")
            return False
        return True

    def _follow(self) -> None:
        """Makes what the alias says serve, if it is time to."""
        record, served = self._record, self._live.production
        serving, aspired = served.identity if served else None, record.aspired_identity
        if aspired is not None and aspired == serving:
            self._live.confirm()
            record.note_agreement()
        decision = decide(serving, aspired, record.failure, self._clock.steady_s())
        if decision is Decision.LOAD and record.aspired is not None:
            self._load(record.aspired)

    def _load(self, version: ModelVersion) -> None:
        record = self._record
        record.note_loading()
        try:
            served = self._loader.load(version)
        except LoadFailure as failure:
            record.note_failure(version, failure)
            return
        is_replacement = self._live.swap(served)
        record.note_serving(served, is_replacement=is_replacement)
        self._loader.note_serving(served, record.alias)
        # A load leaves cycles behind, and the process collects seldom: see `main.settle_memory`.
        gc.collect()
