"""The command line of the benchmarks."""

import asyncio

import click

from baton_cli.errors import CommandFailed
from baton_cli.terminal import tell
from bench import servers
from bench.errors import CannotRun


@click.group()
def bench() -> None:
    """Benchmarks."""


@bench.command("servers")
@click.option("--quick", is_flag=True, help="A look in two minutes.")
def servers_command(*, quick: bool) -> None:
    """Product, peers and floor under the same loads."""
    asyncio.run(servers.run(servers.Scale(1, 2) if quick else servers.Scale(3, 3)))


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0].startswith("-"):
        arguments = ["servers", *arguments]
    try:
        bench.main(arguments, prog_name="scripts/bench", standalone_mode=False)
    except (CannotRun, CommandFailed) as error:
        tell(f"bench: {error}")
        return 1
    return 0
