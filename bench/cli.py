"""The command line of the benchmarks."""

import asyncio
from collections.abc import Sequence

import click

from baton_cli.errors import CommandFailed
from baton_cli.terminal import end_line, show, tell
from bench import contestants, report, servers
from bench.errors import CannotRun
from bench.servers import Scale

DEFAULT = "servers"
INTERRUPTED = 130
USAGE = 2

_without_peers = click.option("--no-peers", is_flag=True, help="Only the product and the floor.")
_quick = click.option("--quick", is_flag=True, help="A look: one short round.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measures the product. Tables go to stdout, progress to stderr.

    Without a command: `servers`.
    """


@bench.command("servers")
@_quick
@_without_peers
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=3, show_default=True, help="Of a load.")
def servers_command(*, quick: bool, no_peers: bool, rounds: int, seconds: int) -> None:
    """The product, its peers and an echo floor under the same loads."""
    scale = Scale(1, 1) if quick else Scale(rounds, seconds)
    makers = contestants.PRODUCT if no_peers else contestants.ALL
    results = asyncio.run(servers.run(makers, scale))
    show(report.full(results))
    if results.missing:
        raise CannotRun("; ".join(results.missing))


def main(arguments: Sequence[str]) -> int:
    """Runs a command; gives the exit code."""
    given = list(arguments)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help")):
        given.insert(0, DEFAULT)
    try:
        bench.main(given, prog_name="scripts/bench", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except (CannotRun, CommandFailed) as error:
        tell(f"bench: {error}")
        return 1
    except (click.Abort, KeyboardInterrupt):
        end_line()
        tell("bench: stopped")
        return INTERRUPTED
    return 0
