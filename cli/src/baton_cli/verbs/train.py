"""`baton train`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from baton_cli import terminal
from baton_cli.actor import get_actor
from baton_cli.dask_cluster.options import ClusterOptions, add_cluster_options
from baton_cli.errors import CommandFailed
from baton_cli.moves.alias_move import describe_move
from baton_cli.options import option
from baton_cli.settings import CliSettings, load
from baton_cli.stopping import Deferral
from baton_cli.training.options import (
    DEFAULT_ESTIMATOR,
    DEFAULT_REGRESSOR,
    ESTIMATORS,
    TrainOptions,
    add_gate_options,
    add_table_options,
)
from baton_cli.training.summary import describe_metric
from baton_cli.training.trainer import run_training
from baton_registry.promotion import alias_moves as promotion

if TYPE_CHECKING:  # an image may lack the trainer
    from baton_trainer.train_result import TrainResult

COST = click.FloatRange(min=0, min_open=True)


def _parse_params(
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
@add_table_options
@option(
    "--estimator",
    "train__estimator",
    type=click.Choice(ESTIMATORS),
    metavar="NAME",
    show_default=f"{DEFAULT_ESTIMATOR}; regression: {DEFAULT_REGRESSOR}",
    help=f"The estimator: {', '.join(ESTIMATORS)}. {DEFAULT_ESTIMATOR} is for classes, "
    f"{DEFAULT_REGRESSOR} for regressions, the others for both.",
)
@option(
    "--param",
    "train__params",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse_params,
    help="A constructor argument of the estimator, e.g. C=0.1. Repeatable.",
)
@option(
    "--search",
    "train__search",
    type=click.IntRange(min=0),
    metavar="N",
    show_default="no search",
    help="Tune the estimator in N trials by cross-validated ROC AUC or RMSE.",
)
@option(
    "--seed",
    "train__seed",
    type=click.IntRange(min=0),
    metavar="N",
    show_default="0",
    help="Random seed: same data, seed and libraries give the same metrics.",
)
@add_gate_options
@option(
    "--cost-fp",
    "train__cost_fp",
    type=COST,
    metavar="X",
    show_default="1",
    help="Cost of a false positive, in any unit, for the threshold table.",
)
@option(
    "--cost-fn",
    "train__cost_fn",
    type=COST,
    metavar="X",
    show_default="1",
    help="Cost of a false negative, in the same unit.",
)
@option(
    "--promote",
    "and_promote",
    is_flag=True,
    help="Move the alias to the version if the gate passes.",
)
@add_cluster_options
def train(
    config: Path | None,
    *,
    and_promote: bool,
    workers: int | None,
    scheduler: str | None,
    insecure: bool,
    **options: Any,
) -> None:
    """Train a version, register it and run the gate.

    Prints the version number on stdout and everything else on stderr. Exit code 1 after a failed
    gate only with --promote. Options override baton.toml.

    With --workers or --scheduler the trials of --search and their folds run on Dask. The result is
    the same.
    """
    cluster = ClusterOptions(workers, scheduler, insecure)
    cluster.check()
    settings = load(CliSettings)
    with Deferral() as deferral:
        result = run_training(TrainOptions.from_parameters(config, options), deferral, cluster)
        terminal.print_progress(format_summary(settings.model_name, result))
        terminal.show(result.version)
    if and_promote and result.gate_passed:
        terminal.print_progress(_promote(settings, result.version))
    if and_promote and not result.gate_passed:
        raise CommandFailed(
            f"version {result.version} is registered but not promoted: its gate failed (see "
            f"above); promote it with: baton promote {result.version} --force"
        )


def _promote(settings: CliSettings, version: str) -> str:
    with settings.open_registry() as registry:
        move = promotion.promote(
            registry,
            settings.model_name,
            version,
            alias=settings.alias,
            by=get_actor(settings),
            reason="train --promote",
            trusted=settings.trusted_keys,
        )
    return describe_move(settings.model_name, settings.alias, move)


def format_summary(model_name: str, result: "TrainResult") -> str:
    """Formats the result in one line."""
    figure, production = (
        describe_metric(result.metrics, each) for each in ("test_", "production_")
    )
    comparison = f" (production {production.split()[-1]})" if production else ""
    parts = [f"{figure}{comparison}", f"gate {result.gate}"]
    return f"{model_name} version {result.version}: {', '.join(filter(None, parts))}"
