"""`baton promote`."""

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.argument_types.models import Version
from baton_cli.moves.alias_move import move_alias, reason_option, wait_option
from baton_cli.options import option
from baton_cli.rollouts.control import hand
from baton_cli.rollouts.control.execution import Executor
from baton_cli.rollouts.setup import build_executor
from baton_cli.settings import CliSettings, load
from baton_common.texts import to_one_line
from baton_registry.errors import RegistryError
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient


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

    Refuses a version that did not pass the gate, is not ready, was aborted by a rollout, or would
    break callers of the version that the alias points to now. If BATON_TRUSTED_KEYS is set, also
    refuses a version that none of these keys signed. During a rollout, refuses all versions but the
    canary's, whose rollout it ends.
    """
    settings = load(CliSettings)
    target, actor = alias or settings.alias, get_actor(settings)

    def run(registry: RegistryClient) -> Move:
        executor = build_executor(registry, settings)
        number = registry.find_version(settings.model_name, version).version
        ongoing = hand.find_ongoing(executor, target)
        if not force:
            hand.check_promotion(ongoing, number)
        move = promotion.promote(
            registry,
            settings.model_name,
            number,
            alias=target,
            by=actor,
            reason=reason,
            force=force,
            trusted=settings.trusted_keys,
        )
        if force and target == settings.alias:
            _clear_abort(executor, number)
        hand.close_as_promoted(executor, ongoing, number, actor)
        return move

    move_alias(settings, target, run, wait_s=wait_s)


def _clear_abort(executor: Executor, version: str) -> None:
    """Lets an earlier abort not count any more. The alias has moved: an error fails nothing."""
    try:
        hand.clear_abort(executor, version)
    except RegistryError as error:
        terminal.print_progress(
            f"warning: version {version} still counts as aborted: {to_one_line(error)}"
        )
