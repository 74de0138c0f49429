"""The history of an alias: what the ledger records, compared with where the alias points."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from baton_registry.errors import AliasNotSet
from baton_registry.promotion import ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion

Clock = Callable[[], datetime]


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
    sync_ledger(client, model, alias, now)
    return [entry.move for entry in read_entries(client, model, alias) if entry.done]


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


def sync_ledger(client: RegistryClient, model: str, alias: str, now: Clock) -> ModelVersion | None:
    """Records a move that the ledger does not know yet. Returns the alias's current version."""
    try:
        current = client.resolve_alias(model, alias)
    except AliasNotSet:
        current = None
    entries = read_entries(client, model, alias)
    new_entry = ledger.reconcile(entries, get_number(current), now())
    if new_entry is not None:
        client.set_model_tag(model, *ledger.to_tag(alias, new_entry))
    for entry in ledger.find_abandoned(entries, now()):
        client.delete_model_tag(model, ledger.to_tag(alias, entry)[0])
    return current


def get_number(version: ModelVersion | None) -> str | None:
    """Returns the version's number, or None."""
    return None if version is None else version.version
