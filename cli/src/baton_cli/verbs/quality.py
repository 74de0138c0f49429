"""`baton quality`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.argument_types.times import Duration
from baton_cli.moves.alias_move import describe_move
from baton_cli.moves.rolling_back import roll_back
from baton_cli.options import option
from baton_cli.predictions.options import log_option, model_option, resolve_log
from baton_cli.settings import CliSettings, load
from baton_cli.training.trainer import call_trainer

if TYPE_CHECKING:
    from baton_trainer.monitoring.quality.report import QualityReport
    from baton_trainer.progress import Progress
    from baton_trainer.settings import TrainerSettings


class Rollback(NamedTuple):
    """What `--rollback` did.

    Attributes:
        is_done: whether the alias was moved.
        why: why it was, or was not.
    """

    is_done: bool
    why: str


@click.command()
@log_option
@model_option
@option(
    "--since",
    "since_s",
    type=Duration(),
    metavar="TIME",
    show_default="all that the log has",
    help="Only predictions of this time until now, such as 30d, and labels that came in it.",
)
@option(
    "--ripe",
    "ripe_s",
    type=Duration(zero=True),
    default=0.0,
    metavar="TIME",
    show_default="0",
    help="Only predictions older than this, such as 14d, when all labels should have come.",
)
@option(
    "--silence",
    metavar="LABEL",
    help="The label of a prediction that has none after --ripe, e.g. No for churn.",
)
@option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@option("--log", "logs", is_flag=True, help="Add live_* metrics to the runs in MLflow, set a tag.")
@option(
    "--rollback",
    "rolls_back",
    is_flag=True,
    help="Move the alias back if production is worse than the version before, at 125 : 1.",
)
@option(
    "--trust",
    "trusted",
    multiple=True,
    metavar="NAME",
    help="Count labels from files and of this API key only; repeatable.",
)
def quality(  # noqa: PLR0913 - its options
    *,
    location: Path | str | None,
    model: str | None,
    since_s: float | None,
    ripe_s: float,
    silence: str | None,
    as_json: bool,
    logs: bool,
    rolls_back: bool,
    trusted: tuple[str, ...],
) -> None:
    """Measure how good the answers of each version were, once labels have come.

    Joins the labels of the prediction log with its predictions. Shows ROC AUC, Brier score, log
    loss and calibration, or RMSE, with 95 % intervals, beside the figures of the training. Compares
    production with the version before on the same rows; where only production answered, the
    version before scores the row now.

    --rollback does what `baton rollback` does if the evidence that production is worse is at least
    125 : 1, on labels from files and of API keys that --trust names; other labels then count for
    nothing. With --silence it does not act while such labels name ripe rows. If it does not act, it
    prints why. Exit code 0 in both cases, 1 if anything failed.
    """
    _check_times(since_s, ripe_s, silence)
    choices: dict[str, Any] = {"since_s": since_s, "ripe_s": ripe_s, "silence": silence}
    if trusted or rolls_back:
        choices["trusted"] = frozenset(trusted)

    report = call_trainer(
        partial(_measure, location=location, model=model, choices=choices, logs=logs)
    )
    if not as_json:
        _show(report)
    done = _roll_back_if_worse(report, as_json=as_json) if rolls_back else None
    if as_json:
        document = {"done": done.is_done, "why": done.why} if done else None
        terminal.show_json({**report.to_json(), "rollback": document})


def _check_times(since_s: float | None, ripe_s: float, silence: str | None) -> None:
    context = click.get_current_context(silent=True)
    if since_s is not None and since_s <= ripe_s:
        raise click.UsageError("--since must be longer than --ripe: no prediction counts.", context)
    if silence is not None and not ripe_s:
        raise click.UsageError(
            "--silence needs --ripe: after which time a missing label means LABEL.", context
        )


def _measure(  # noqa: PLR0913 - what the trainer gives, and options of the verb
    settings: "TrainerSettings",
    progress: "Progress",
    *,
    location: Path | str | None,
    model: str | None,
    choices: Mapping[str, Any],
    logs: bool,
) -> "QualityReport":
    """Measures the quality; `choices` are attributes of a `QualityRequest`."""
    from baton_trainer.monitoring.quality.measuring import measure_quality  # noqa: PLC0415 - slow
    from baton_trainer.monitoring.quality.recording import record_quality  # noqa: PLC0415
    from baton_trainer.monitoring.quality.request import QualityRequest  # noqa: PLC0415

    settings, place = resolve_log(settings, location, model)
    request = QualityRequest(place, datetime.now(UTC), **choices)
    report = measure_quality(request, settings, progress)
    if logs:
        progress.start_phase("logging to MLflow")
        record_quality(report, settings)
    return report


def _show(report: "QualityReport") -> None:
    from baton_trainer.monitoring.quality.tables import render_quality  # noqa: PLC0415 - loaded by now

    terminal.show(render_quality(report))


def _roll_back_if_worse(report: "QualityReport", *, as_json: bool) -> Rollback:
    """Moves the alias back if the report says so, and prints what happened."""
    from baton_trainer.monitoring.quality.tables import (  # noqa: PLC0415 - loaded by now
        describe_evidence,
        explain_no_rollback,
    )

    print_line = terminal.print_progress if as_json else terminal.show
    paired = report.paired
    if paired is None or not report.is_rollback_due:
        why = explain_no_rollback(report)
        print_line(f"no rollback: {why}")
        return Rollback(is_done=False, why=why)
    settings = load(CliSettings).model_copy(update={"model_name": report.model})
    reason = describe_evidence(paired)
    with settings.open_registry() as registry:
        move = roll_back(
            registry,
            settings,
            get_actor(settings),
            to=paired.before,
            reason=reason,
            expected=paired.version,
        )
    print_line(describe_move(settings.model_name, settings.alias, move))
    return Rollback(is_done=True, why=reason)
