"""Promotion and rollback: checks → ledger entry → the alias moves. The move is the commit.

A crash before the move changes nothing; a crash after it loses nothing, for the intent that was
written before explains the move to whoever looks next.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from baton_registry.errors import AliasNotSet, RegistryError, RegistryUnavailable
from baton_registry.promotion import guard, ledger
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import TrustedKey

CHALLENGER = "challenger"

Clock = Callable[[], datetime]


def get_utc_now() -> datetime:
    """The time of a move."""
    return datetime.now(UTC)


def promote(  # noqa: PLR0913 - the words of the command, each by its name
    client: RegistryClient,
    model: str,
    version: str,
    *,
    alias: str,
    by: str,
    reason: str = "",
    force: bool = False,
    trusted: Sequence[TrustedKey] = (),
    now: Clock = get_utc_now,
) -> Move:
    """Moves the alias to a version, once the checks allow it.

    Args:
        client: the registry.
        model: the registered model.
        version: a version number, or `challenger`.
        alias: the alias to move.
        by: who moves it.
        reason: why; kept in the ledger.
        force: move it whatever the gate and the signatures say.
        trusted: the keys of which one must have signed it; none where it need not be signed.
        now: the clock.

    Returns:
        The move. Where the alias points there already, nothing happens, and `from_version` equals
        `to_version`.

    Raises:
        PromotionRefused: the gate or a signature speaks against it.
        VersionNotFound: there is no such version.
        AliasNotSet: `challenger` was asked for and is not set.
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry said no.
    """
    candidate = _candidate(client, model, version)
    position = _look(client, model, alias, now)
    if not force:
        guard.check(client, candidate, position, trusted)
    move = Move(now(), _number(position), candidate.version, "promote", by, reason)
    return _commit(client, model, alias, move)


def rollback(  # noqa: PLR0913 - the words of the command, each by its name
    client: RegistryClient,
    model: str,
    *,
    alias: str,
    by: str,
    to: str | None = None,
    reason: str = "",
    now: Clock = get_utc_now,
) -> Move:
    """Moves the alias back to the version promoted before, or to `to`. No check stands in the way.

    Args:
        client: the registry.
        model: the registered model.
        alias: the alias to move.
        by: who moves it.
        to: the version to go back to; None for the one before.
        reason: why; kept in the ledger.
        now: the clock.

    Returns:
        The move; as with `promote`, one that changes nothing has `from_version` = `to_version`.

    Raises:
        AliasNotSet: it never was, or there is no such model.
        NothingToRollBackTo: no version was promoted before.
        VersionNotFound: the version to go back to is gone.
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry said no.
    """
    position = _number(_look(client, model, alias, now))
    if to is None:
        moves = update_history(client, model, alias=alias, now=now)
        if position is None and not moves:
            raise AliasNotSet.for_alias(model, alias)
        to = ledger.find_rollback_target(moves, position)
    version = client.get_version(model, to).version
    move = Move(now(), position, version, "rollback", by, reason)
    return _commit(client, model, alias, move)


def update_history(
    client: RegistryClient, model: str, *, alias: str, now: Clock = get_utc_now
) -> list[Move]:
    """Every known move of the alias, oldest first, after one look at where it points now.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry said no.
    """
    _look(client, model, alias, now)
    return [entry.move for entry in _entries(client, model, alias) if entry.done]


def read_history(
    client: RegistryClient, model: str, *, alias: str, position: str | None, seen_at: datetime
) -> list[Move]:
    """Every known move of the alias, oldest first, for those who must not write to the registry.

    Args:
        client: the registry.
        model: the registered model.
        alias: the alias.
        position: where it was seen to point; None where it is not set.
        seen_at: when it was first seen there: the time of a move that the ledger does not know.

    Raises:
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry said no.
    """
    entries = _entries(client, model, alias)
    news = ledger.reconcile(entries, position, seen_at)
    told = [entry.move for entry in entries if entry.done]
    return told if news is None else [*told, news.move]


def _candidate(client: RegistryClient, model: str, version: str) -> ModelVersion:
    if version != CHALLENGER:
        return client.get_version(model, version)
    return client.resolve_alias(model, CHALLENGER)


def _number(version: ModelVersion | None) -> str | None:
    return None if version is None else version.version


def _entries(client: RegistryClient, model: str, alias: str) -> list[Entry]:
    return ledger.parse_tags(alias, client.get_model_tags(model))


def _look(client: RegistryClient, model: str, alias: str, now: Clock) -> ModelVersion | None:
    """Where the alias points; what the ledger did not know of it is written down."""
    try:
        position = client.resolve_alias(model, alias)
    except AliasNotSet:
        position = None
    entries = _entries(client, model, alias)
    news = ledger.reconcile(entries, _number(position), now())
    if news is not None:
        client.set_model_tag(model, *ledger.to_tag(alias, news))
    for entry in ledger.find_abandoned(entries, now()):
        client.delete_model_tag(model, ledger.to_tag(alias, entry)[0])
    return position


def _commit(client: RegistryClient, model: str, alias: str, move: Move) -> Move:
    if move.from_version == move.to_version or move.to_version is None:
        return move
    sequence = ledger.compute_next_sequence(_entries(client, model, alias))
    intent = Entry(sequence, uuid.uuid4().hex[:8], move, done=False)
    client.set_model_tag(model, *ledger.to_tag(alias, intent))
    try:
        client.set_alias(model, alias, move.to_version)
    except RegistryUnavailable as error:
        raise RegistryUnavailable(
            f"{error}; whether {alias!r} has moved is unknown: see baton status"
        ) from error
    _tell(client, model, alias, intent)
    return move


def _tell(client: RegistryClient, model: str, alias: str, intent: Entry) -> None:
    """Marks the intent as done. The alias has moved: a failure here is not a failed move."""
    try:
        entries = _entries(client, model, alias)
        position = client.resolve_alias(model, alias).version
        # Somebody who moved it right after us may have told so before us: then our move keeps the
        # place that its intent had, before theirs.
        overtaken = position == ledger.find_position(entries)
        done = replace(intent, done=True) if overtaken else ledger.complete(intent, entries)
        told = ledger.is_recorded(intent, entries)  # by somebody who looked in between
        if not told:
            client.set_model_tag(model, *ledger.to_tag(alias, done))
        if told or done.sequence != intent.sequence:
            client.delete_model_tag(model, ledger.to_tag(alias, intent)[0])
    except RegistryError:
        return  # the next look finds the intent, and the alias where it says
