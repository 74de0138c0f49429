"""`baton up`."""

import asyncio
from pathlib import Path
from typing import Any

import click

from baton_cli.argument_types.places import FilePath
from baton_cli.embedded.checks import check_packages, check_ports, check_settings, check_table
from baton_cli.embedded.home import Home
from baton_cli.embedded.lifecycle import run_until_stopped
from baton_cli.embedded.programs import Plan
from baton_cli.options import option
from baton_cli.settings import CliSettings, UpSettings, load
from baton_cli.training.options import TrainOptions, add_table_options, list_arguments

PORT = click.IntRange(1, 65535)


@click.command()
@add_table_options
@option(
    "--port",
    type=PORT,
    metavar="PORT",
    show_default="BATON_PORT or 8000",
    help="Port of inference.",
)
@option(
    "--tracking-port",
    type=PORT,
    metavar="PORT",
    default=5000,
    show_default="5000",
    help="Port of the tracking server.",
)
@option(
    "--home",
    type=FilePath(),
    metavar="DIR",
    default=".baton",
    show_default=".baton",
    help="Folder for runs, models, cache and logs.",
)
@click.pass_context
def up(
    ctx: click.Context,
    /,
    config: Path | None,
    port: int | None,
    tracking_port: int,
    home: Path,
    **options: Any,
) -> None:
    """Run tracking server, trainer, inference and rollouts on this machine, without Docker.

    Trains and promotes a first version if there is none. Restarts a process that ends. Ctrl-C stops
    everything.
    """
    settings, defaults = load(CliSettings), load(UpSettings)
    check_packages()
    check_settings()
    check_table(TrainOptions.from_parameters(config, options))
    plan = Plan(
        Home(home),
        defaults.host,
        port or defaults.port,
        tracking_port,
        list_arguments(ctx),
        defaults.grpc_port,
    )
    with plan.home.lock():
        check_ports(plan.host, plan.port, plan.tracking_port, plan.grpc_port)
        asyncio.run(run_until_stopped(plan, settings))
