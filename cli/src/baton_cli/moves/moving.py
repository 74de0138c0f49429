"""What `promote` and `rollback` share: move the alias, tell it, wait for inference."""

from collections.abc import Callable

import click

from baton_cli import terminal
from baton_cli.inference.convergence import Failures, Goal, failures, wait_until_served
from baton_cli.moves.arguments import Seconds
from baton_cli.settings import CliSettings
from baton_registry.errors import RegistryError
from baton_registry.promotion import alias_moves as promotion
from baton_registry.promotion import ledger
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
    help=f"Wait until inference serves the version [{DEFAULT_WAIT_S:g} s, if no number is given].",
)
reason_option = click.option("--reason", default="", metavar="TEXT", help="Why; kept in history.")


def move(
    settings: CliSettings,
    alias: str,
    act: Callable[[RegistryClient], Move],
    *,
    wait_s: float | None,
) -> None:
    """Moves the alias by `act` and tells it; waits up to `wait_s` where that is given.

    Raises:
        RegistryError: the alias was not moved.
        CommandFailed: it was, and inference did not follow.
    """
    with settings.inference() as inference:
        before: Failures = {} if wait_s is None else failures(inference.reports())
        with settings.open_registry() as registry:
            done = act(registry)
            terminal.show(describe(settings.model_name, alias, done))
            if wait_s is None or done.to_version is None:
                return
            has_before = _has_before(registry, settings.model_name, alias, done)
        way_back = how_to_go_back(alias, done, usual_alias=settings.alias, has_before=has_before)
        goal = Goal(settings.model_name, alias, done.to_version, way_back)
        text = f"waiting until version {done.to_version} is served"
        with terminal.waiting(text, in_pipes=False):  # stderr holds the failure's line alone
            if done.from_version == done.to_version:
                before = {}  # nothing moved: what failed before is what fails now
            reports = wait_until_served(inference, goal, timeout_s=wait_s, before=before)
    served_by = ", ".join(report.url for report in reports)
    terminal.show(f"version {done.to_version} is served by {served_by}")


def describe(model_name: str, alias: str, done: Move) -> str:
    """The move as one line of result."""
    if done.from_version == done.to_version:
        return f"{model_name}@{alias} is on version {done.to_version} already"
    if done.from_version is None:
        return f"{model_name}@{alias} is set to version {done.to_version}"
    return f"{model_name}@{alias} moved from version {done.from_version} to {done.to_version}"


def how_to_go_back(alias: str, done: Move, *, usual_alias: str, has_before: bool) -> str | None:
    """The command for when inference does not follow the move; None where there is none.

    Args:
        alias: the alias that was moved.
        done: the move.
        usual_alias: the alias that commands move where none is named.
        has_before: whether a rollback from there leads anywhere.
    """
    if done.how == "rollback" and _moved(done):
        verb = f"promote {done.from_version}"
    elif has_before:
        verb = "rollback"
    else:
        return None
    environment = "" if alias == usual_alias else f"BATON_ALIAS={alias} "
    return f"{environment}baton {verb} --wait"


def _moved(done: Move) -> bool:
    return done.from_version not in (None, done.to_version)


def _has_before(registry: RegistryClient, model_name: str, alias: str, done: Move) -> bool:
    """Whether a rollback leads anywhere: surely to where a move came from, else the ledger says."""
    if _moved(done):
        return True
    try:
        moves = promotion.update_history(registry, model_name, alias=alias)
        ledger.find_rollback_target(moves, done.to_version)
    except RegistryError:
        return False
    return True
