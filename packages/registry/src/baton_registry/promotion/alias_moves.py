"""Promotion and rollback: checks → ledger entry → the alias moves. The move is the commit.

A crash before the move changes nothing. After a later crash, the next command finds the intent in
the ledger and marks it done.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from baton_registry.errors import (
    AliasNotSet,
    PromotionRefused,
    RegistryError,
    RegistryUnavailable,
)
from baton_registry.promotion import guard, ledger, rollback_stack
from baton_registry.promotion.history import (
    Clock,
    get_utc_now,
    read_entries,
    sync_ledger,
)
from baton_registry.promotion.ledger import Entry, Move
from baton_registry.rest.client import RegistryClient
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signing import TrustedKey

CHALLENGER = "challenger"


def promote(  # noqa: PLR0913 - the options of the command
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
    """Moves the alias to a version if the checks pass.

    Args:
        client: the registry client.
        model: the registered model.
        version: a version number, or `challenger`.
        alias: the alias to move.
        by: the actor.
        reason: the reason, kept in the ledger.
        force: skip the checks.
        trusted: the trusted keys, one of which must have signed the version; empty: no check.
        now: the clock.

    Returns:
        The move. If the alias already points to the version, nothing changes and `from_version`
        equals `to_version`.

    Raises:
        PromotionRefused: a check failed.
        VersionNotFound: the version does not exist.
        AliasNotSet: `version` is `challenger`, and that alias is not set.
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry rejected the request.
    """
    target = _find_target(client, model, version)
    position = sync_ledger(client, model, alias, now)
    if not force:
        guard.check_promotion(client, target, position.current, trusted)
    move = Move(now(), position.number, target.version, "promote", by, reason)
    return _commit(client, model, alias, move)


def rollback(  # noqa: PLR0913 - the options of the command
    client: RegistryClient,
    model: str,
    *,
    alias: str,
    by: str,
    to: str | None = None,
    reason: str = "",
    now: Clock = get_utc_now,
) -> Move:
    """Moves the alias back to the previous version, or to `to`, without the checks of `promote`.

    Args:
        client: the registry client.
        model: the registered model.
        alias: the alias to move.
        by: the actor.
        to: the version to go back to; None for the previous one.
        reason: the reason, kept in the ledger.
        now: the clock.

    Returns:
        The move. As in `promote`, `from_version` equals `to_version` if nothing changes.

    Raises:
        AliasNotSet: the alias was never set, or the model does not exist.
        NothingToRollBackTo: the ledger has no earlier version.
        VersionNotFound: the version to go back to does not exist.
        PromotionRefused: the alias was moved to a third version at the same time.
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry rejected the request.
    """
    move = plan_rollback(client, model, alias=alias, by=by, to=to, reason=reason, now=now)
    return execute_rollback(client, model, alias, move, now=now)


def plan_rollback(  # noqa: PLR0913 - the options of the command
    client: RegistryClient,
    model: str,
    *,
    alias: str,
    by: str,
    to: str | None = None,
    reason: str = "",
    now: Clock = get_utc_now,
) -> Move:
    """Finds the move that `rollback` would make, and makes none. Arguments and errors are its."""
    position = sync_ledger(client, model, alias, now)
    if to is None:
        if position.number is None and not position.moves:
            raise AliasNotSet.for_alias(model, alias)
        to = rollback_stack.find_rollback_target(position.moves, position.number)
    version = client.get_version(model, to).version
    return Move(now(), position.number, version, "rollback", by, reason)


def execute_rollback(
    client: RegistryClient, model: str, alias: str, move: Move, *, now: Clock = get_utc_now
) -> Move:
    """Makes a planned move now, unless the alias has moved since it was planned.

    Returns:
        The move; `from_version` equals `to_version` if the alias already points there.

    Raises:
        PromotionRefused: the alias points to a third version.
        RegistryUnavailable: the registry gave no answer.
        RegistryRefused: the registry rejected the request.
    """
    current_number = sync_ledger(client, model, alias, now).number
    if current_number not in (move.from_version, move.to_version):
        raise PromotionRefused(
            f"alias {alias!r} has moved from version {move.from_version} to {current_number} at"
            " the same time; check with baton status, and try again"
        )
    return _commit(client, model, alias, replace(move, at=now(), from_version=current_number))


def _find_target(client: RegistryClient, model: str, version: str) -> ModelVersion:
    if version != CHALLENGER:
        return client.get_version(model, version)
    return client.resolve_alias(model, CHALLENGER)


def _commit(client: RegistryClient, model: str, alias: str, move: Move) -> Move:
    if move.from_version == move.to_version or move.to_version is None:
        return move
    sequence = ledger.compute_next_sequence(read_entries(client, model, alias))
    intent = Entry(sequence, uuid.uuid4().hex[:8], move, done=False)
    client.set_model_tag(model, *ledger.to_tag(alias, intent))
    try:
        client.set_alias(model, alias, move.to_version)
    except RegistryUnavailable as error:
        raise RegistryUnavailable(
            f"{error}; alias {alias!r} may have moved: check with baton status"
        ) from error
    _mark_done(client, model, alias, intent)
    return move


def _mark_done(client: RegistryClient, model: str, alias: str, intent: Entry) -> None:
    """Marks the intent as done. The alias has moved, so an error here does not fail the move."""
    try:
        entries = read_entries(client, model, alias)
        current_number = client.resolve_alias(model, alias).version
        # If another move came right after this one and is already recorded, this move keeps the
        # position of its intent, before the other move.
        is_overtaken = current_number == ledger.find_current_number(entries)
        done = replace(intent, done=True) if is_overtaken else ledger.complete(intent, entries)
        is_recorded = ledger.is_recorded(intent, entries)  # by another command in between
        if not is_recorded:
            client.set_model_tag(model, *ledger.to_tag(alias, done))
        if is_recorded or done.sequence != intent.sequence:
            client.delete_model_tag(model, ledger.to_tag(alias, intent)[0])
    except RegistryError:
        return  # the next command finds the intent and the moved alias
