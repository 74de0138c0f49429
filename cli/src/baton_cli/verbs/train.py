"""`baton train`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.moves.moving import describe
from baton_cli.moves.person import name_actor
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import Deferral
from baton_cli.training.options import (
    DEFAULT_ESTIMATOR,
    ESTIMATORS,
    Order,
    gate_options,
    run_training,
    table_options,
)
from baton_registry.promotion import alias_moves as promotion

if TYPE_CHECKING:  # the trainer is a package that an image may lack
    from baton_trainer.train_result import TrainResult

COST = click.FloatRange(min=0, min_open=True)

SHOWN_METRICS = {"test_roc_auc": "ROC AUC", "production_roc_auc": "production's"}


def _check_params(
    _ctx: click.Context, _param: click.Parameter, values: Sequence[str]
) -> dict[str, str]:
    params = {}
    for value in values:
        key, equals, text = value.partition("=")
        if not equals or not key.isidentifier():
            raise click.BadParameter(f"{value!r} is not NAME=VALUE, e.g. C=0.1.")
        params[key] = text
    return params


@click.command()
@table_options
@click.option(
    "--estimator",
    "train__estimator",
    type=click.Choice(ESTIMATORS),
    help=f"What to train [{DEFAULT_ESTIMATOR}].",
)
@click.option(
    "--param",
    "train__params",
    multiple=True,
    metavar="K=V",
    callback=_check_params,
    help="A constructor argument of the estimator, e.g. C=0.1. May be repeated.",
)
@click.option(
    "--search",
    "train__search",
    type=click.IntRange(min=0),
    metavar="N",
    help="Tune the estimator in N trials, judged by cross-validated ROC AUC [none].",
)
@click.option(
    "--seed",
    "train__seed",
    type=click.IntRange(min=0),
    metavar="N",
    help="Of all that is random: the same data, seed and versions give the same metrics [0].",
)
@gate_options
@click.option(
    "--cost-fp",
    "train__cost_fp",
    type=COST,
    metavar="X",
    help="What a false positive costs, in any unit, for the threshold table [1].",
)
@click.option(
    "--cost-fn",
    "train__cost_fn",
    type=COST,
    metavar="X",
    help="What a false negative costs [1].",
)
@click.option("--promote", "then_promote", is_flag=True, help="Move the alias to it at once.")
def train(config: Path | None, *, then_promote: bool, **options: Any) -> None:
    """Train a version, register it, and say whether it passed the gate.

    Prints the version number on stdout, all else on stderr.
    """
    settings = load(CliSettings)
    with Deferral() as until_told:
        result = run_training(Order.of(config, options), until_told)
        terminal.tell(summary(settings.model_name, result))
        terminal.show(result.version)
    if then_promote and result.gate_passed:
        terminal.tell(_promote(settings, result.version))
    if then_promote and not result.gate_passed:
        raise CommandFailed(
            f"version {result.version} is registered and not promoted: its gate {result.gate}; "
            f"see its run, or: baton promote {result.version} --force"
        )


def _promote(settings: CliSettings, version: str) -> str:
    with settings.open_registry() as registry:
        move = promotion.promote(
            registry,
            settings.model_name,
            version,
            alias=settings.alias,
            by=name_actor(settings),
            reason="train --promote",
            trusted=settings.trusted_keys,
        )
    return describe(settings.model_name, settings.alias, move)


def summary(model_name: str, result: "TrainResult") -> str:
    """What came of it, in one line."""
    figures = [
        f", {words} {result.metrics[name]:.4f}"
        for name, words in SHOWN_METRICS.items()
        if name in result.metrics
    ]
    return f"{model_name} version {result.version}: gate {result.gate}{''.join(figures)}"
