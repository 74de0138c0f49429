"""`baton promote`."""

import click

from baton_cli.argument_types import Version
from baton_cli.moves.actor import get_actor
from baton_cli.moves.alias_move import move_alias, reason_option, wait_option
from baton_cli.options import option
from baton_cli.settings import CliSettings, load
from baton_registry.promotion import alias_moves as promotion


@click.command()
@click.argument("version", type=Version(promotion.CHALLENGER))
@option("--alias", metavar="NAME", show_default="BATON_ALIAS", help="The alias to move.")
@reason_option
@option("--force", is_flag=True, help="Move the alias without these checks.")
@wait_option
def promote(
    version: str, alias: str | None, reason: str, *, force: bool, wait_s: float | None
) -> None:
    """Move the alias to VERSION, a number or 'challenger'.

    Refuses a version that did not pass the gate, is not ready, or would break callers of the
    version that the alias points to now. If BATON_TRUSTED_KEYS is set, also refuses a version that
    none of these keys signed.
    """
    settings = load(CliSettings)
    target = alias or settings.alias
    move_alias(
        settings,
        target,
        lambda registry: promotion.promote(
            registry,
            settings.model_name,
            version,
            alias=target,
            by=get_actor(settings),
            reason=reason,
            force=force,
            trusted=settings.trusted_keys,
        ),
        wait_s=wait_s,
    )
