"""`baton up`."""

import asyncio
from pathlib import Path
from typing import Any

import click

from baton_cli.embedded.checks import check_ports, check_packages, check_settings, check_table
from baton_cli.embedded.home import Home
from baton_cli.embedded.lifecycle import live
from baton_cli.embedded.programs import Plan
from baton_cli.moves.arguments import FilePath
from baton_cli.settings import CliSettings, UpSettings, load
from baton_cli.training.options import Order, repeated, table_options

PORT = click.IntRange(1, 65535)


@click.command()
@table_options
@click.option("--port", type=PORT, metavar="P", help="Inference's port [BATON_PORT or 8000].")
@click.option(
    "--tracking-port",
    type=PORT,
    metavar="P",
    default=5000,
    show_default=True,
    help="The tracking server's port.",
)
@click.option(
    "--home",
    type=FilePath(),
    metavar="DIR",
    default=".baton",
    show_default=True,
    help="Where runs, models, cache and logs are kept.",
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
    """Run the whole life cycle on this machine, without Docker.

    A tracking server, a first version where there is none, and inference. What dies is started
    again; Ctrl-C stops all.
    """
    settings, own = load(CliSettings), load(UpSettings)
    check_packages()
    check_settings()
    check_table(Order.of(config, options))
    plan = Plan(Home(home), own.host, port or own.port, tracking_port, repeated(ctx))
    with plan.home.lock():
        check_ports(plan.host, plan.port, plan.tracking_port)
        asyncio.run(live(plan, settings))
