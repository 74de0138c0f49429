"""`baton promote`."""

import click

from baton_cli.moves.arguments import Version
from baton_cli.moves.alias_move import move, reason_option, wait_option
from baton_cli.moves.actor import name_actor
from baton_cli.settings import CliSettings, load
from baton_registry.promotion import alias_moves as promotion


@click.command()
@click.argument("version", type=Version(promotion.CHALLENGER))
@click.option("--alias", metavar="A", help="The alias to move [BATON_ALIAS].")
@reason_option
@click.option("--force", is_flag=True, help="Move it whatever gate and signature say.")
@wait_option
def promote(
    version: str, alias: str | None, reason: str, *, force: bool, wait_s: float | None
) -> None:
    """Move the alias to VERSION, a number or 'challenger'.

    Refused for a version that did not pass its gate, is not ready, or would break the callers of
    the version that the alias points to now; where BATON_TRUSTED_KEYS is set, also for one that
    none of them signed.
    """
    settings = load(CliSettings)
    target = alias or settings.alias
    move(
        settings,
        target,
        lambda registry: promotion.promote(
            registry,
            settings.model_name,
            version,
            alias=target,
            by=name_actor(settings),
            reason=reason,
            force=force,
            trusted=settings.trusted_keys,
        ),
        wait_s=wait_s,
    )
