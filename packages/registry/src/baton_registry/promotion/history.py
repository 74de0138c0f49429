"""The history of an alias: what the ledger records, compared with where the alias points."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from baton_registry.errors import AliasNotSet
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion

READINGS = 5
"""How often alias and ledger are read if another process moves the alias all the time."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Position:
    """Where an alias points, and what the ledger knows of the way there.

    Attributes:
        current: the version that the alias points to; None if it is not set.
        entries: the ledger's entries, in order.
    """

    current: ModelVersion | None
    entries: tuple[Entry, ...]

    @property
    def number(self) -> str | None:
        """The number of the version that the alias points to; None if it is not set."""
        return None if self.current is None else self.current.version

    @property
    def moves(self) -> list[Move]:
        """The moves that were made, oldest first."""
        return [entry.move for entry in self.entries if entry.done]

    def reconcile(self, seen_at: datetime) -> Entry | None:
        """Returns the entry that the ledger lacks; None if it explains where the alias points."""
        return ledger.reconcile(self.entries, self.number, seen_at)

    def add(self, entry: Entry) -> "Position":
        """Adds the entry that the ledger lacks."""
        return Position(self.current, (*self.entries, entry))

    def is_same(self, other: "Position") -> bool:
        """Whether neither the alias nor the ledger has changed."""
        return (self.number, self.entries) == (other.number, other.entries)


def get_utc_now() -> datetime:
    """Returns the current time in UTC."""
    return datetime.now(UTC)


def sync_and_read_moves(
    client: RegistryClient, model: str, *, alias: str, now: Clock = get_utc_now
) -> list[Move]:
    """Syncs the ledger as `sync_ledger` does, and returns all moves, oldest first.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry rejected the request.
    """
    return sync_ledger(client, model, alias, now).moves


def find_moves(
    tags: Mapping[str, str], *, alias: str, current_number: str | None, seen_at: datetime
) -> list[Move]:
    """Returns all moves of the alias, oldest first, without I/O.

    Args:
        tags: of the registered model.
        alias: the alias.
        current_number: the version that the alias points to; None if it is not set.
        seen_at: when that was first seen. It is the time of a move that the ledger does not know.
    """
    entries = ledger.parse_tags(alias, tags)
    new_entry = ledger.reconcile(entries, current_number, seen_at)
    moves = [entry.move for entry in entries if entry.done]
    return moves if new_entry is None else [*moves, new_entry.move]


def read_entries(client: RegistryClient, model: str, alias: str) -> list[Entry]:
    """Reads the ledger's entries for an alias, in order."""
    return ledger.parse_tags(alias, client.get_model_tags(model))


def sync_ledger(client: RegistryClient, model: str, alias: str, now: Clock) -> Position:
    """Records a move that the ledger does not know yet. Returns the position with that move."""
    position, is_certain = _read_certain_position(client, model, alias, now)
    new_entry = position.reconcile(now())
    if new_entry is not None and is_certain:
        client.set_model_tag(model, *ledger.to_tag(alias, new_entry))
    for entry in ledger.find_abandoned(position.entries, now()):
        client.delete_model_tag(model, ledger.to_tag(alias, entry)[0])
    return position if new_entry is None else position.add(new_entry)


def _read_certain_position(
    client: RegistryClient, model: str, alias: str, now: Clock
) -> tuple[Position, bool]:
    """Reads until the ledger explains the alias, or two readings give the same.

    A promotion writes its intent before it moves the alias. If one runs between the two requests of
    a reading, its move looks as if another client had made it. The next reading explains it.

    Returns:
        The position, and whether it is certain. It is not if it changed with every reading.
    """
    position = _read_position(client, model, alias)
    for _ in range(READINGS):
        new_entry = position.reconcile(now())
        if new_entry is None or new_entry.move.how != "external":
            return position, True
        earlier, position = position, _read_position(client, model, alias)
        if position.is_same(earlier):
            return position, True
    return position, False


def _read_position(client: RegistryClient, model: str, alias: str) -> Position:
    """Reads the ledger, then the alias."""
    entries = tuple(read_entries(client, model, alias))
    try:
        return Position(client.resolve_alias(model, alias), entries)
    except AliasNotSet:
        return Position(None, entries)
