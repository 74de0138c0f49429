"""`baton rollout`: a version runs beside production, step by step, until promotion or abort."""

import time
from contextlib import suppress
from functools import partial

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.errors import CommandFailed
from baton_cli.moves.alias_move import reason_option
from baton_cli.rollouts.control.hand import act, find_under_way
from baton_cli.rollouts.control.hand import resume as resume_rollout
from baton_cli.rollouts.control.observation import Observation
from baton_cli.rollouts.display.exits import choose_exit_code
from baton_cli.rollouts.display.following import Follower
from baton_cli.rollouts.display.texts import describe_progress
from baton_cli.rollouts.display.view import build_view, to_json
from baton_cli.rollouts.display.watching import Watch, watch
from baton_cli.rollouts.option_types import predictions_option
from baton_cli.rollouts.setup import open_session
from baton_cli.rollouts.start import start
from baton_cli.settings import CliSettings, RolloutSettings, load
from baton_cli.stopping import Terminated
from baton_cli.storage_location import StorageLocation
from baton_rollout.progress.actions import Abort, Action, Next, Pause, Promote
from baton_rollout.progress.record import Record

CROSSING_S = 0.3
"""A controller that writes at the same moment has written after this time."""


@click.group()
def rollout() -> None:
    """Run a version beside production, and promote it step by step.

    Both versions score the same rows. The rollout aborts if the new one fails, is slower, or
    answers otherwise than it did at the gate; production is never moved before the last step.
    """


rollout.add_command(start)


@rollout.command()
@click.option("--watch", "is_watch", is_flag=True, help="Show changes until the rollout ends.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def status(ctx: click.Context, *, is_watch: bool, as_json: bool) -> None:
    """Show the rollout and its evidence.

    Exit code 0: promoted, or no rollout; 3: under way; 4: paused; 5: aborted.
    """
    settings = load(RolloutSettings)
    model = settings.model_name
    with open_session(settings, predictions=settings.predictions) as session:
        if is_watch:
            how = Watch(model, settings.poll_interval_s, _has_ended)
            print_line = terminal.print_progress if as_json else terminal.show
            seen = watch(session.controller.observe, how, print_line, err=as_json)
        else:
            seen = session.controller.observe()
    if as_json:
        terminal.show_json(to_json(model, settings.canary_alias, seen))
    elif not is_watch:
        terminal.show(build_view(model, seen) if seen else f"{model}: no rollout")
    ctx.exit(choose_exit_code(seen))


@rollout.command()
@click.option("--full", is_flag=True, help="Promote to production now.")
def promote(*, full: bool) -> None:
    """End the pause or the step now, and go to the next step.

    Evidence of harm still aborts. Exit code 1 if the rollout did not go on.
    """
    settings = load(CliSettings)
    choose = partial(_choose_promotion, full=full, by=get_actor(settings))
    with open_session(settings) as session:
        record = act(session, choose)
    if record.phase in ("paused", "aborted"):
        raise CommandFailed(describe_progress(record))
    _show(settings, record)


@rollout.command()
def pause() -> None:
    """Stay in this step. Evidence of harm still aborts."""
    settings = load(CliSettings)
    choose = partial(_choose_pause, by=get_actor(settings))
    with open_session(settings) as session:
        record = act(session, choose)
        time.sleep(CROSSING_S)
        if find_under_way(session).snapshot.record.phase != "paused":  # a controller wrote as well
            record = act(session, choose)
        _show(settings, record)


@rollout.command()
def resume() -> None:
    """End the pause: the step begins again.

    If the alias of production has moved, the rollout begins again with its first step.
    """
    settings = load(CliSettings)
    with open_session(settings) as session:
        seen = find_under_way(session)
        if seen.record.phase != "paused":
            raise CommandFailed(f"nothing to resume; {describe_progress(seen.record)}")
        _show(settings, resume_rollout(session, seen))


@rollout.command()
@reason_option
def abort(reason: str) -> None:
    """Abort: the version answers no more requests. Production is not moved."""
    settings = load(CliSettings)
    message = f"by {get_actor(settings)}" + (f": {reason}" if reason else "")
    with open_session(settings) as session:
        record = act(session, lambda _: Abort(message))
    if record.phase != "aborted":  # a controller has promoted it at the same moment
        raise CommandFailed(f"{describe_progress(record)}; go back: baton rollback")
    _show(settings, record)


@rollout.command()
@predictions_option
def run(predictions: StorageLocation | None) -> None:
    """Run the controller: follow every rollout of the model, for ever.

    `baton up` and the container stack run it already. BATON_ROLLOUT_CHECK names a program that
    runs before each step is left; an exit code other than 0 aborts.
    """
    settings = load(RolloutSettings)
    with suppress(Terminated):  # a service that is stopped has not failed
        if settings.followed_canary is None:
            terminal.print_event(
                f"BATON_CANARY_ALIAS={settings.canary_alias}: no canary, nothing to do"
            )
            while True:
                time.sleep(3600)
        log = predictions or settings.predictions
        with open_session(settings, settings.check, log) as session:
            terminal.print_event(f"following rollouts of {settings.model_name}")
            follower = Follower(session.controller.tick, terminal.print_event)
            follower.follow_forever(settings.poll_interval_s)
    terminal.print_event("stopped")


def _check_can_change(record: Record) -> None:
    """Raises `CommandFailed` between two writes of a controller, which it must complete."""
    if record.phase in ("starting", "promoting"):
        raise CommandFailed(f"{describe_progress(record)}; try again in a moment")


def _choose_pause(seen: Observation, *, by: str) -> Action:
    _check_can_change(seen.record)
    return Pause(f"by {by}")


def _choose_promotion(seen: Observation, *, full: bool, by: str) -> Action:
    record = seen.record
    if isinstance(seen.action, Abort):
        return seen.action
    _check_can_change(record)
    if seen.facts.production != record.against:
        raise CommandFailed(
            f"alias {record.plan.alias!r} does not point to version {record.against} any more;"
            " compare with the new version: baton rollout resume"
        )
    if full or record.plan.is_last(record.step):
        return Promote(by)
    return Next(record.step + 1)


def _has_ended(seen: Observation | None) -> bool:
    return seen is None or not seen.record.is_under_way


def _show(settings: CliSettings, record: Record) -> None:
    terminal.show(f"{settings.model_name}: {describe_progress(record)}")
