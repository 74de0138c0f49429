"""`baton rollout start`."""

import secrets
from datetime import UTC, datetime
from typing import TypedDict, Unpack

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.argument_types.models import Version
from baton_cli.argument_types.times import Duration
from baton_cli.options import option
from baton_cli.rollouts.control.starting import start_rollout
from baton_cli.rollouts.display.texts import (
    CONTROLLER_HINT,
    describe_future,
    describe_start,
)
from baton_cli.rollouts.option_types import (
    FOR_EVER,
    Command,
    WaitTime,
    Weights,
    predictions_option,
)
from baton_cli.rollouts.setup import open_session
from baton_cli.rollouts.waiting import wait_for_end
from baton_cli.settings import RolloutSettings, load
from baton_cli.stopping import explain_interruption
from baton_cli.storage_location import StorageLocation
from baton_registry.promotion.alias_moves import CHALLENGER
from baton_rollout.json_values import MAX_COUNT
from baton_rollout.limits import Limits
from baton_rollout.power import compute_power
from baton_rollout.progress.fields import shorten
from baton_rollout.progress.plan import (
    DEFAULT_BAKE_S,
    DEFAULT_DEADLINE_S,
    DEFAULT_MIN_PAIRS,
    DEFAULT_STEP_S,
    DEFAULT_STEPS,
    Plan,
)

TOKEN_BYTES = 4


class Choices(TypedDict):
    """The options that make the plan."""

    version: str
    steps: tuple[float, ...]
    step_for_s: float
    bake_s: float
    min_pairs: int
    deadline_s: float
    reason: str
    no_promote: bool
    expect_change: bool
    force: bool


@click.command()
@click.argument("version", type=Version(CHALLENGER))
@option(
    "--steps",
    type=Weights(),
    default=DEFAULT_STEPS,
    metavar="WEIGHTS",
    show_default="0,10,50,100",
    help="The share of the requests that the version answers in each step, in percent. 0: shadow.",
)
@option(
    "--step-for",
    "step_for_s",
    type=Duration(zero=True),
    default=DEFAULT_STEP_S,
    metavar="TIME",
    show_default="10m",
    help="Least time of a step.",
)
@option(
    "--bake",
    "bake_s",
    type=Duration(zero=True),
    default=DEFAULT_BAKE_S,
    metavar="TIME",
    show_default="10m",
    help="Least time of the last step.",
)
@option(
    "--min-pairs",
    type=click.IntRange(0, MAX_COUNT),
    default=DEFAULT_MIN_PAIRS,
    metavar="N",
    show_default="2000",
    help="Rows that both versions must have scored before the first step ends.",
)
@option(
    "--deadline",
    "deadline_s",
    type=Duration(),
    default=DEFAULT_DEADLINE_S,
    metavar="TIME",
    show_default="24h",
    help="Pause as inconclusive after this time.",
)
@option(
    "--check",
    type=Command(),
    metavar="COMMAND",
    help="Run this program before each step ends; an exit code other than 0 aborts. Needs --wait.",
)
@option("--no-promote", is_flag=True, help="Pause after the last step.")
@option(
    "--expect-change",
    is_flag=True,
    help="The version is meant to answer otherwise: other labels and scores only report.",
)
@option("--reason", default="", metavar="TEXT", help="The reason, shown by `baton history`.")
@option(
    "--force",
    is_flag=True,
    help="Skip the checks of `baton promote`, and an earlier abort of this version.",
)
@option(
    "--wait",
    "wait_s",
    type=WaitTime(),
    is_flag=False,
    flag_value=FOR_EVER,
    metavar="[TIME]",
    help="Run the rollout here, and wait for its end, up to TIME.",
)
@predictions_option
@click.pass_context
def start(
    ctx: click.Context,
    /,
    *,
    check: tuple[str, ...] | None,
    wait_s: float | None,
    predictions: StorageLocation | None,
    **choices: Unpack[Choices],
) -> None:
    """Start the rollout of VERSION, a number or 'challenger'.

    Sets the alias `canary`, in shadow first. A controller takes the steps: `baton up` and the
    container stack run one. With --wait, this command is the controller, and ends with exit code 0
    if the version was promoted, 4 if the rollout is paused or the time is over, 5 if it was
    aborted.
    """
    if check and wait_s is None:
        raise click.UsageError("--check needs --wait: the check runs in this process.", ctx)
    if predictions and wait_s is None:
        raise click.UsageError("--predictions needs --wait: this process reads the log.", ctx)
    settings = load(RolloutSettings)
    wish = _build_wish(settings, choices, has_own_check=check is not None)
    if wish.least_s >= wish.deadline_s:
        raise click.UsageError("--deadline is shorter than all steps together.", ctx)
    log = predictions or settings.predictions if wait_s is not None else None
    with open_session(settings, check or (), log) as session:
        record = start_rollout(session.executor, wish)
        session.controller.own_token = record.plan.token
        power = compute_power(wish.min_pairs, record.plan.limits)
        for line in describe_start(settings.model_name, record, power):
            terminal.show(line)
        if wait_s is None:
            terminal.show(f"unless baton up or the stack does it, {CONTROLLER_HINT}")
        else:
            with explain_interruption(describe_future(record)):
                ctx.exit(wait_for_end(session, settings, record, wait_s))


def _build_wish(settings: RolloutSettings, choices: Choices, *, has_own_check: bool) -> Plan:
    """Builds the plan as the user wants it; see `start_rollout`."""
    return Plan(
        token=secrets.token_hex(TOKEN_BYTES),
        version=choices["version"],
        alias=settings.alias,
        by=shorten(get_actor(settings)),
        reason=shorten(choices["reason"]),
        started_at=datetime.now(UTC),
        limits=Limits(expects_change=choices["expect_change"]),
        steps=choices["steps"],
        step_for_s=choices["step_for_s"],
        bake_s=choices["bake_s"],
        min_pairs=choices["min_pairs"],
        deadline_s=choices["deadline_s"],
        promotes=not choices["no_promote"],
        is_forced=choices["force"],
        has_own_check=has_own_check,
    )
