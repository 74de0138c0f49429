"""The moves of the alias, for the operations page."""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from baton_common.utc import format_utc
from baton_inference.lifecycle.clock import Clock
from baton_registry.errors import RegistryError
from baton_registry.promotion.history import read_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient

REFRESH_S = 60.0
"""Seconds between two readings while the alias does not move."""
RETRY_S = 10.0

log = structlog.get_logger("baton.watcher")


@dataclass(frozen=True)
class KnownMoves:
    """One reading.

    Attributes:
        read_at: the time of the reading in UTC; None before the first one.
        moves: oldest first.
    """

    read_at: str | None = None
    moves: tuple[Move, ...] = ()


class MoveReader:
    """Reads the moves once a minute, and at once when the alias moves.

    Only the watcher calls it. Any thread may read `known`.
    """

    def __init__(self, registry: RegistryClient, model_name: str, alias: str, clock: Clock) -> None:
        self._registry = registry
        self._model_name = model_name
        self._alias = alias
        self._clock = clock
        self._current_number: str | None = None
        self._seen_at: datetime | None = None
        self._next_s = 0.0
        self.known = KnownMoves()
        """The last reading. It stays while the registry cannot be reached."""

    def refresh(self, current_number: str | None) -> None:
        """Reads the moves if they are due; `current_number` is the alias's version."""
        now_s = self._clock.steady_s()
        if self._seen_at is None or current_number != self._current_number:
            self._current_number = current_number
            self._seen_at = datetime.fromtimestamp(self._clock.posix_s(), UTC)
            self._next_s = now_s
        if now_s >= self._next_s:
            succeeded = self._read(current_number, self._seen_at)
            self._next_s = now_s + (REFRESH_S if succeeded else RETRY_S)

    def _read(self, current_number: str | None, seen_at: datetime) -> bool:
        try:
            moves = read_moves(
                self._registry,
                self._model_name,
                alias=self._alias,
                current_number=current_number,
                seen_at=seen_at,
            )
        except RegistryError as error:
            log.warning("the moves of the alias cannot be read", reason=str(error))
            return False
        self.known = KnownMoves(format_utc(self._clock.posix_s()), tuple(moves))
        return True
