"""`baton rollback`."""

import click

from baton_cli import terminal
from baton_cli.argument_types import Version
from baton_cli.moves.actor import get_actor
from baton_cli.moves.alias_move import move_alias, reason_option, wait_option
from baton_cli.rollouts.control import hand
from baton_cli.rollouts.setup import build_executor
from baton_cli.settings import CliSettings, load
from baton_registry.errors import RegistryError
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient


@click.command()
@click.option("--to", type=Version(), metavar="VERSION", help="Move to this version instead.")
@reason_option
@wait_option
def rollback(to: str | None, reason: str, wait_s: float | None) -> None:
    """Move the alias back to the version promoted before.

    Run it again to go one version further back. It aborts a rollout first.
    """
    settings = load(CliSettings)
    actor = get_actor(settings)

    def run(registry: RegistryClient) -> Move:
        model, alias = settings.model_name, settings.alias
        try:
            # Before the abort: if a controller answers it by moving the alias back, the version
            # before is another one, and this would go back twice.
            move = promotion.plan_rollback(
                registry, model, alias=alias, by=actor, to=to, reason=reason
            )
        finally:
            _abort_rollout(registry, settings, actor)
        return promotion.execute_rollback(registry, model, alias, move)

    move_alias(settings, settings.alias, run, wait_s=wait_s)


def _abort_rollout(registry: RegistryClient, settings: CliSettings, actor: str) -> None:
    """Aborts a rollout against the alias. Nothing about a rollout stops a rollback."""
    executor = build_executor(registry, settings)
    try:
        version = hand.abort_first(executor, settings.alias, actor)
    except RegistryError as error:
        terminal.print_progress(f"warning: the rollout cannot be aborted: {error}")
        return
    if version is not None:
        terminal.print_progress(f"aborted the rollout of version {version} first")
