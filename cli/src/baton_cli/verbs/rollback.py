"""`baton rollback`."""

import click

from baton_cli.argument_types import Version
from baton_cli.moves.actor import get_actor
from baton_cli.moves.alias_move import move_alias, reason_option, wait_option
from baton_cli.settings import CliSettings, load
from baton_registry.promotion import alias_moves as promotion


@click.command()
@click.option("--to", type=Version(), metavar="VERSION", help="Move to this version instead.")
@reason_option
@wait_option
def rollback(to: str | None, reason: str, wait_s: float | None) -> None:
    """Move the alias back to the version promoted before.

    Run it again to go one version further back.
    """
    settings = load(CliSettings)
    move_alias(
        settings,
        settings.alias,
        lambda registry: promotion.rollback(
            registry,
            settings.model_name,
            alias=settings.alias,
            by=get_actor(settings),
            to=to,
            reason=reason,
        ),
        wait_s=wait_s,
    )
