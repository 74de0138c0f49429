"""What the tags of the model say: moves, the record of the rollout, live quality and drift.

The operations page and metrics show it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from baton_common.utc import format_utc
from baton_inference.lifecycle.clock import Clock
from baton_inference.lifecycle.monitoring import Monitoring, read_monitoring
from baton_registry.errors import RegistryError
from baton_registry.promotion.history import find_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.rollout_tags import get_record_tag
from baton_rollout.progress.record import Record

REFRESH_S = 60.0
"""Seconds between two readings while the alias does not move."""
ROLLOUT_REFRESH_S = 10.0
"""The same while a rollout is under way, whose step changes."""
RETRY_S = 10.0

log = structlog.get_logger("baton.watcher")


@dataclass(frozen=True)
class KnownTags:
    """One reading.

    Attributes:
        read_at: the time of the reading in UTC; None before the first one.
        moves: oldest first.
        rollout: the record of the last rollout; None if there is none that can be read.
        monitoring: live quality and drift.
    """

    read_at: str | None = None
    moves: tuple[Move, ...] = ()
    rollout: Record | None = None
    monitoring: Monitoring = field(default_factory=Monitoring)


class ModelTagReader:
    """Reads the tags once a minute, and at once when an alias moves.

    Only the watcher calls it. Any thread may read `known`.
    """

    def __init__(  # noqa: PLR0913 - its dependencies, the last two passed by name
        self,
        registry: RegistryClient,
        model_name: str,
        alias: str,
        clock: Clock,
        *,
        canary_alias: str | None = None,
        describe_canary: Callable[[], object] = lambda: None,
    ) -> None:
        """Wires the reader.

        Args:
            registry: has the tags.
            model_name: the registered model.
            alias: the alias.
            clock: says when a reading is due.
            canary_alias: the alias of the canary; None without one.
            describe_canary: returns what is known of the canary. If it changes, so does the record.
        """
        self._registry = registry
        self._model_name = model_name
        self._alias = alias
        self._canary_alias = canary_alias
        self._describe_canary = describe_canary
        self._clock = clock
        self._current_number: str | None = None
        self._seen_at: datetime | None = None
        self._next_s = 0.0
        self._canary: object = None
        self._unreadable = ""
        self._problems: tuple[str, ...] = ()
        self.known = KnownTags()
        """The last reading. It stays while the registry cannot be reached."""

    def refresh(self, current_number: str | None) -> None:
        """Reads the tags if they are due; `current_number` is the alias's version."""
        now_s = self._clock.steady_s()
        if self._seen_at is None or current_number != self._current_number:
            self._current_number = current_number
            self._seen_at = datetime.fromtimestamp(self._clock.posix_s(), UTC)
            self._next_s = now_s
        if (canary := self._describe_canary()) != self._canary:
            self._canary, self._next_s = canary, now_s
        if now_s >= self._next_s:
            self._next_s = now_s + self._read(current_number, self._seen_at)

    def _read(self, current_number: str | None, seen_at: datetime) -> float:
        """Reads; returns the seconds until the next reading."""
        try:
            tags = self._registry.get_model_tags(self._model_name)
        except RegistryError as error:
            log.warning("the moves of the alias cannot be read", reason=str(error))
            return RETRY_S
        moves = find_moves(tags, alias=self._alias, current_number=current_number, seen_at=seen_at)
        rollout = self._read_rollout(tags)
        monitoring = self._read_monitoring(tags)
        read_at = format_utc(self._clock.posix_s())
        self.known = KnownTags(read_at, tuple(moves), rollout, monitoring)
        return ROLLOUT_REFRESH_S if rollout and rollout.is_under_way else REFRESH_S

    def _read_rollout(self, tags: Mapping[str, str]) -> Record | None:
        """Reads the record. One that cannot be read is logged once, and never an error."""
        text = tags.get(get_record_tag(self._canary_alias), "") if self._canary_alias else ""
        if not text:
            return None
        try:
            return Record.from_text(text)
        except ValueError as error:
            if text != self._unreadable:
                self._unreadable = text
                log.warning("the record of the rollout cannot be read", reason=str(error))
            return None

    def _read_monitoring(self, tags: Mapping[str, str]) -> Monitoring:
        """Reads quality and drift. What cannot be read is logged once, and never an error."""
        monitoring = read_monitoring(tags)
        if monitoring.problems != self._problems:
            self._problems = monitoring.problems
            for problem in monitoring.problems:
                log.warning("a tag of the model cannot be read", reason=problem)
        return monitoring
