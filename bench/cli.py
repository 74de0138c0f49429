"""The command line of the benchmarks."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import click

from baton_cli.errors import CommandFailed
from baton_cli.terminal import end_line, print_progress, show
from baton_registry.errors import RegistryError
from bench.errors import CannotRun
from bench.load.rounds import Scale
from bench.measurements import (
    cores,
    dask_scoring,
    grpc,
    replica_results,
    replicas,
    scoring,
    steps,
    training,
)
from bench.measurements.drift import benchmark as drift
from bench.measurements.drift import report as drift_report
from bench.measurements.live_rollouts import benchmark as live_rollouts
from bench.measurements.live_rollouts import report as live_report
from bench.measurements.live_rollouts.courses import iterate_courses
from bench.measurements.predictions import benchmark as predictions
from bench.measurements.predictions import report as predictions_report
from bench.measurements.rollout import benchmark as rollout
from bench.measurements.rollout import report as rollout_report
from bench.measurements.servers import benchmark as servers
from bench.measurements.servers import contestants, report
from bench.measurements.servers.rounds import ServerScale
from bench.measurements.shadow import benchmark as shadow
from bench.measurements.shadow import report as shadow_report
from bench.measurements.swaps import benchmark as swaps
from bench.measurements.swaps import report as swap_report
from bench.measurements.zoo import benchmark as zoo
from bench.measurements.zoo import report as zoo_report
from bench.output.documents import DETAILS, KUBERNETES, MODELS, README, replace_section
from bench.peers.environments import install_alternatives
from bench.settings import ALTERNATIVES, build_environment
from bench.testbed.testbed import Testbed, start_testbed

T = TypeVar("T")
DEFAULT = "servers"
INTERRUPTED = 130
USAGE = 2

_quick = click.option("--quick", is_flag=True, help="One short round.")
_write = click.option(
    "--write",
    is_flag=True,
    help="Also write the tables to their page in docs/; servers and train also to README.md.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measures Baton. Tables go to stdout, progress to stderr.

    The default command is `servers`.
    """


@bench.command("servers")
@_quick
@_write
@click.option("--no-peers", is_flag=True, help="Measure only Baton and the echoes.")
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
@click.option(
    "--seconds", type=click.IntRange(1), default=2, show_default=True, help="Length of each load."
)
def servers_command(*, quick: bool, write: bool, no_peers: bool, rounds: int, seconds: int) -> None:
    """Measures Baton, its peers and an echo floor under the same loads."""
    scale = ServerScale(1, 1) if quick else ServerScale(rounds, seconds)
    factories = contestants.BATON if no_peers else contestants.ALL
    results = asyncio.run(_run_on_testbed(lambda testbed: servers.run(testbed, factories, scale)))
    _print_results("servers", report.format_tables(results), write=write)
    if write:
        replace_section(
            README, "servers", f"{report.format_summary(results)}\n\nOn {results.machine}."
        )
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
    help=f"Number of alias moves, in steps of {swaps.PER_PHASE}.",
)
@click.option(
    "--estimator", default="logistic", show_default=True, help="Estimator of the second version."
)
def swaps_command(*, quick: bool, write: bool, count: int, estimator: str) -> None:
    """Moves the alias under constant load and checks every answer."""
    plan = swaps.SwapPlan(2 if quick else count // swaps.PER_PHASE, estimator=estimator)
    results = asyncio.run(_run_on_testbed(lambda testbed: swaps.run(testbed, plan)))
    _print_results("swaps", swap_report.format_tables(results), write=write)


@bench.command("train")
@_quick
@_write
@click.option("--rows", type=click.IntRange(5_000), default=training.ROWS, show_default=True)
def train_command(*, quick: bool, write: bool, rows: int) -> None:
    """Trains, evaluates and registers a large table with each gradient boosting."""
    count = training.QUICK_ROWS if quick else rows
    results = asyncio.run(_run_on_testbed(lambda testbed: training.run(testbed, count)))
    _print_results("train", training.format_tables(results), write=write)
    if write:
        replace_section(README, "train", training.format_summary(results))


@bench.command("score")
@_quick
@_write
@click.option("--rounds", type=click.IntRange(1), default=scoring.ROUNDS, show_default=True)
def score_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Scores a large table as CSV and as Parquet."""
    scale = (scoring.QUICK_ROWS, 1) if quick else (scoring.ROWS, rounds)
    results = asyncio.run(_run_on_testbed(lambda testbed: scoring.run(testbed, *scale)))
    _print_results("score", scoring.format_tables(results), write=write)


@bench.command("dask")
@_quick
@_write
@click.option("--rows", type=click.IntRange(1_000), default=dask_scoring.ROWS, show_default=True)
@click.option("--files", type=click.IntRange(2), default=dask_scoring.FILES, show_default=True)
def dask_command(*, quick: bool, write: bool, rows: int, files: int) -> None:
    """Scores many files with two workers, and kills one of them."""
    scale = (dask_scoring.QUICK_ROWS, dask_scoring.QUICK_FILES) if quick else (rows, files)
    results = asyncio.run(_run_on_testbed(lambda testbed: dask_scoring.run(testbed, *scale)))
    _print_results("dask", dask_scoring.format_tables(results), write=write)


@bench.command("cores")
@_quick
@_write
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def cores_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures two inference processes that share a load, and one alone."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = asyncio.run(_run_on_testbed(lambda testbed: cores.run(testbed, scale)))
    _print_results("cores", cores.format_tables(results), write=write)


@bench.command("grpc")
@_quick
@_write
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def grpc_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures V2 over gRPC beside V2 in JSON over HTTP. It needs ghz."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = asyncio.run(_run_on_testbed(lambda testbed: grpc.run(testbed, scale)))
    _print_results("grpc", grpc.format_tables(results), write=write)


@bench.command("rollout")
@_quick
@_write
def rollout_command(*, quick: bool, write: bool) -> None:
    """Simulates rollouts: false aborts, delays, other rules, whole rollouts; without a server."""
    results = rollout.run(rollout.QUICK if quick else rollout.FULL)
    _print_results("rollout", rollout_report.format_tables(results), write=write)


@bench.command("drift")
@_quick
@_write
def drift_command(*, quick: bool, write: bool) -> None:
    """Simulates reports of drift: false alarms, and what change is found; without a server."""
    results = drift.run(drift.QUICK if quick else drift.FULL)
    _print_results("drift", drift_report.format_tables(results), write=write)


@bench.command("live-rollouts")
@_quick
@_write
@click.option(
    "--rollouts",
    "count",
    type=click.IntRange(1),
    default=200,
    show_default=True,
    help="Number of rollouts: promoted, aborted and rolled back ones, mixed.",
)
@click.option(
    "--minutes",
    type=click.IntRange(1),
    default=15,
    show_default=True,
    help="Start no rollout after this time; the tables say how many there were.",
)
def live_rollouts_command(*, quick: bool, write: bool, count: int, minutes: int) -> None:
    """Rolls versions out under constant load, and checks every answer and memory."""
    courses = (*iterate_courses(10 if quick else count),)
    plan = live_rollouts.RolloutPlan(courses, limit_s=60.0 * minutes)
    results = asyncio.run(_run_on_testbed(lambda testbed: live_rollouts.run(testbed, plan)))
    _print_results("live-rollouts", live_report.format_tables(results), write=write)


@bench.command("replicas")
@_quick
@_write
def replicas_command(*, quick: bool, write: bool) -> None:
    """Measures what many replicas cost the tracking server: docs/kubernetes.md."""
    plan = replicas.Plan(20, 5, 3) if quick else replicas.Plan()
    results = asyncio.run(_run_on_testbed(lambda testbed: replicas.run(testbed, plan)))
    text = replica_results.format_tables(results)
    show(text)
    if write:
        replace_section(KUBERNETES, "replicas", text)


@bench.command("shadow")
@_quick
@_write
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def shadow_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures what a canary costs: as a shadow, and with a tenth of the requests."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = asyncio.run(_run_on_testbed(lambda testbed: shadow.run(testbed, scale)))
    _print_results("shadow", shadow_report.format_tables(results), write=write)


@bench.command("predictions")
@_quick
@_write
@click.option("--rounds", type=click.IntRange(1), default=20, show_default=True)
def predictions_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures what the prediction log costs: latency, throughput, and lost rows."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = asyncio.run(_run_on_testbed(lambda testbed: predictions.run(testbed, scale)))
    _print_results("predictions", predictions_report.format_tables(results), write=write)


@bench.command("encoders")
@_write
def encoders_command(*, write: bool) -> None:
    """Compares encoders for the answer of /predict, without a server."""
    libraries = asyncio.run(install_alternatives(ALTERNATIVES))
    result = subprocess.run(
        [sys.executable, "-m", "bench.measurements.encoders"],
        env=build_environment(PYTHONPATH=str(libraries)),
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise CannotRun("an encoder failed; see above")
    _print_results("encoders", result.stdout.strip(), write=write)


@bench.command("steps")
@_write
def steps_command(*, write: bool) -> None:
    """Measures the steps of one request, without sockets."""
    table = asyncio.run(_run_on_testbed(steps.run))
    _print_results("steps", table, write=write)


@bench.command("zoo")
@_write
def zoo_command(*, write: bool) -> None:
    """Exports every model of the zoo and compares it with its graph: docs/models.md.

    It needs catboost, category_encoders, imbalanced-learn and feature-engine for their cases.
    """
    results = zoo.run(print_progress)
    end_line()
    text = f"{zoo_report.format_summary(results)}\n\n{zoo_report.format_tables(results)}"
    show(text)
    if write:
        replace_section(MODELS, "zoo", text)
    missing = [each.name for each in results.unfitted if each.reason.startswith("No module")]
    if missing:
        raise CannotRun(f"libraries are not installed for: {', '.join(missing)}")


async def _run_on_testbed(benchmark: Callable[[Testbed], Awaitable[T]]) -> T:
    async with start_testbed() as testbed:
        return await benchmark(testbed)


def _print_results(name: str, text: str, *, write: bool) -> None:
    show(text)
    if write:
        replace_section(DETAILS, name, text)


def main(arguments: Sequence[str]) -> int:
    """Runs a command and returns the exit code."""
    command = list(arguments)
    if not command or (command[0].startswith("-") and command[0] not in ("-h", "--help")):
        command.insert(0, DEFAULT)
    try:
        bench.main(command, prog_name="scripts/bench", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return USAGE
    except (CannotRun, CommandFailed, RegistryError) as error:
        print_progress(f"bench: {error}")
        return 1
    except (click.Abort, KeyboardInterrupt):
        end_line()
        print_progress("bench: stopped")
        return INTERRUPTED
    return 0
