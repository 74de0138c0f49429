"""The command line of the benchmarks."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from baton_cli.errors import CommandFailed
from baton_cli.terminal import end_line, print_progress, show
from bench import contestants, report, servers, swap_report, swaps, training
from bench.documents import DETAILS, README, put
from bench.environments import tried_libraries
from bench.errors import CannotRun
from bench.settings import TRIED, environment_of
from bench.stage import Stage, stage

T = TypeVar("T")
DEFAULT = "servers"
INTERRUPTED = 130
USAGE = 2

_quick = click.option("--quick", is_flag=True, help="A look: one short round.")
_write = click.option(
    "--write", is_flag=True, help="Put the tables into README.md and docs/benchmarks.md, too."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measures the product. Tables go to stdout, progress to stderr.

    Without a command: `servers`.
    """


@bench.command("servers")
@_quick
@_write
@click.option("--no-peers", is_flag=True, help="Only the product and the floor.")
@click.option("--rounds", type=click.IntRange(1), default=4, show_default=True)
@click.option("--seconds", type=click.IntRange(1), default=2, show_default=True, help="Of a load.")
def servers_command(*, quick: bool, write: bool, no_peers: bool, rounds: int, seconds: int) -> None:
    """The product, its peers and an echo floor under the same loads."""
    scale = servers.Scale(1, 1) if quick else servers.Scale(rounds, seconds)
    makers = contestants.PRODUCT if no_peers else contestants.ALL
    results = asyncio.run(_staged(lambda place: servers.run(place, makers, scale)))
    _tell_results("servers", report.full(results), write=write)
    if write:
        put(README, "servers", f"{report.short(results)}\n\nOn {results.machine}.")
    if results.missing:
        raise CannotRun("; ".join(results.missing))


@bench.command("swaps")
@_quick
@_write
@click.option(
    "--swaps",
    "count",
    type=click.IntRange(swaps.PER_PHASE),
    default=200,
    show_default=True,
    help=f"How often the alias moves, in steps of {swaps.PER_PHASE}.",
)
@click.option("--estimator", default="logistic", show_default=True, help="Of the second version.")
def swaps_command(*, quick: bool, write: bool, count: int, estimator: str) -> None:
    """Constant load while the alias moves; every answer is checked."""
    plan = swaps.SwapPlan(2 if quick else count // swaps.PER_PHASE, estimator=estimator)
    results = asyncio.run(_staged(lambda place: swaps.run(place, plan)))
    _tell_results("swaps", swap_report.full(results), write=write)


@bench.command("train")
@_quick
@_write
@click.option("--rows", type=click.IntRange(5_000), default=training.ROWS, show_default=True)
def train_command(*, quick: bool, write: bool, rows: int) -> None:
    """A large table trained, evaluated and registered by each gradient boosting."""
    count = training.QUICK_ROWS if quick else rows
    results = asyncio.run(_staged(lambda place: training.run(place, count)))
    _tell_results("train", training.full(results), write=write)
    if write:
        put(README, "train", training.short(results))


@bench.command("encoders")
@_write
def encoders_command(*, write: bool) -> None:
    """Ways to write the answer of /predict, without a server."""
    libraries = asyncio.run(tried_libraries(TRIED))
    done = subprocess.run(
        [sys.executable, "-m", "bench.encoders"],
        env=environment_of(PYTHONPATH=str(libraries)),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotRun("an encoder failed; see above")
    _tell_results("encoders", done.stdout.strip(), write=write)


async def _staged(benchmark: Callable[[Stage], Awaitable[T]]) -> T:
    async with stage() as place:
        return await benchmark(place)


def _tell_results(name: str, text: str, *, write: bool) -> None:
    show(text)
    if write:
        put(DETAILS, name, text)


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
        print_progress(f"bench: {error}")
        return 1
    except (click.Abort, KeyboardInterrupt):
        end_line()
        print_progress("bench: stopped")
        return INTERRUPTED
    return 0
