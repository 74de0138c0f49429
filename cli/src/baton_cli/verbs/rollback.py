"""`baton rollback`."""

import click

from baton_cli.actor import get_actor
from baton_cli.argument_types.models import Version
from baton_cli.moves.alias_move import move_alias, reason_option, wait_option
from baton_cli.moves.rolling_back import roll_back
from baton_cli.settings import CliSettings, load
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
        return roll_back(registry, settings, actor, to=to, reason=reason)

    move_alias(settings, settings.alias, run, wait_s=wait_s)
