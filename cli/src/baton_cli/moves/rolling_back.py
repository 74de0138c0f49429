"""The rollback of `rollback` and of `quality --rollback`: aborts a rollout, moves the alias."""

from dataclasses import replace

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.rollouts.control import hand
from baton_cli.rollouts.setup import build_executor
from baton_cli.settings import CliSettings
from baton_common.texts import to_one_line
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient


def roll_back(  # noqa: PLR0913 - the options of the command
    registry: RegistryClient,
    settings: CliSettings,
    actor: str,
    *,
    to: str | None = None,
    reason: str = "",
    expected: str | None = None,
) -> Move:
    """Moves the alias back. Aborts a rollout against it first.

    Args:
        registry: the registry.
        settings: model and alias.
        actor: who moves it.
        to: the version to go back to; None: the one promoted before.
        reason: the reason, kept in the ledger.
        expected: the version that the alias must point to; None: any.

    Raises:
        CommandFailed: the alias points to another version than expected; nothing was changed.
        RegistryError: the alias was not moved.
    """
    model, alias = settings.model_name, settings.alias
    if expected is not None:
        current = registry.resolve_alias(model, alias).version
        if current != expected:
            raise CommandFailed(
                f"alias {alias!r} has moved from version {expected} to {current} at the same time;"
                " nothing was changed"
            )
    try:
        # Before the abort: if a controller answers it by moving the alias back, the version
        # before is another one, and this would go back twice.
        move = promotion.plan_rollback(registry, model, alias=alias, by=actor, to=to, reason=reason)
    finally:
        _abort_rollout(registry, settings, actor)
    if expected is not None:  # also if it has moved since it was checked above
        move = replace(move, from_version=expected)
    return promotion.execute_rollback(registry, model, alias, move)


def _abort_rollout(registry: RegistryClient, settings: CliSettings, actor: str) -> None:
    """Aborts a rollout against the alias. Nothing about a rollout stops a rollback."""
    executor = build_executor(registry, settings)
    try:
        version = hand.abort_first(executor, settings.alias, actor, _warn)
    except Exception as error:  # noqa: BLE001 - whatever a record makes fail, the rollback goes on
        terminal.print_progress(f"warning: the rollout cannot be aborted: {to_one_line(error)}")
        return
    if version is not None:
        terminal.print_progress(f"aborted the rollout of version {version} first")


def _warn(text: str) -> None:
    terminal.print_progress(f"warning: {to_one_line(text)}")
