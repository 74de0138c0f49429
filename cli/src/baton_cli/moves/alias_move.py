"""The move that `promote` and `rollback` share: move the alias, print it, wait for inference."""

from collections.abc import Callable

import click

from baton_cli import terminal
from baton_cli.argument_types.times import Seconds
from baton_cli.inference.convergence import (
    Goal,
    LoadFailures,
    collect_load_failures,
    wait_until_served,
)
from baton_cli.inference.status_client import build_status_client
from baton_cli.settings import CliSettings
from baton_registry.errors import RegistryError
from baton_registry.promotion import rollback_stack
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient

DEFAULT_WAIT_S = 30.0

wait_option = click.option(
    "--wait",
    "wait_s",
    type=Seconds(),
    is_flag=False,
    flag_value=DEFAULT_WAIT_S,
    metavar="[SECONDS]",
    help="Wait until inference serves the version, up to SECONDS "
    f"({DEFAULT_WAIT_S:g} without a number).",
)
reason_option = click.option(
    "--reason", default="", metavar="TEXT", help="The reason, shown by `baton history`."
)


def move_alias(
    settings: CliSettings,
    alias: str,
    run: Callable[[RegistryClient], Move],
    *,
    wait_s: float | None,
) -> None:
    """Moves the alias by `run` and prints the move; waits up to `wait_s` if it is given.

    Raises:
        RegistryError: the alias was not moved.
        CommandFailed: the alias was moved, but inference does not serve the version.
    """
    inference = build_status_client(settings)
    earlier: LoadFailures = {}
    if wait_s is not None:
        earlier = collect_load_failures(inference.fetch_reports())
    with settings.open_registry() as registry:
        move = run(registry)
        terminal.show(describe_move(settings.model_name, alias, move))
        if wait_s is None or move.to_version is None:
            return
        can_roll_back = _can_roll_back(registry, settings.model_name, alias, move)
    way_back = find_way_back(alias, move, default_alias=settings.alias, can_roll_back=can_roll_back)
    goal = Goal(settings.model_name, alias, move.to_version, way_back)
    if not _has_moved(move):
        earlier = {}  # a failure from before the command is still the current one
    text = f"waiting until inference serves version {move.to_version}"
    with terminal.show_spinner(text, in_pipes=False):  # stderr has only the failure
        reports = wait_until_served(inference, goal, timeout_s=wait_s, earlier=earlier)
    urls = ", ".join(report.url for report in reports)
    terminal.show(f"version {move.to_version} is served by {urls}")


def describe_move(model_name: str, alias: str, move: Move) -> str:
    """Describes the move in one line."""
    if move.from_version == move.to_version:
        return f"{model_name}@{alias} already points to version {move.to_version}"
    if move.from_version is None:
        return f"{model_name}@{alias} now points to version {move.to_version}"
    return f"{model_name}@{alias} moved from version {move.from_version} to {move.to_version}"


def find_way_back(alias: str, move: Move, *, default_alias: str, can_roll_back: bool) -> str | None:
    """Returns the command that undoes the move; None if there is none.

    Args:
        alias: the alias that was moved.
        move: the move.
        default_alias: the alias that commands move by default.
        can_roll_back: whether `baton rollback` would find a version.
    """
    if move.how == "rollback" and _has_moved(move) and move.from_version is not None:
        verb = f"promote {move.from_version}"
    elif can_roll_back:
        verb = "rollback"
    else:
        return None
    environment = "" if alias == default_alias else f"BATON_ALIAS={alias} "
    return f"{environment}baton {verb} --wait"


def _has_moved(move: Move) -> bool:
    return move.from_version != move.to_version


def _can_roll_back(registry: RegistryClient, model_name: str, alias: str, move: Move) -> bool:
    """Whether `baton rollback` finds a version: where the move came from, else by the ledger."""
    if move.from_version is not None and _has_moved(move):
        return True
    try:
        moves = sync_and_read_moves(registry, model_name, alias=alias)
        rollback_stack.find_rollback_target(moves, move.to_version)
    except RegistryError:
        return False
    return True
