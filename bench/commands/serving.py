"""What an answer costs: Baton, its peers, an echo floor, and each step of a request."""

import asyncio
import subprocess
import sys

import click

from bench.commands.common import print_results, quick_option, run_on_testbed, write_option
from bench.errors import CannotRun
from bench.load.rounds import Scale
from bench.measurements import cores, grpc, steps
from bench.measurements.servers import benchmark as servers
from bench.measurements.servers import contestants, report
from bench.measurements.servers.rounds import ServerScale
from bench.output.documents import README, replace_section
from bench.peers.environments import install_alternatives
from bench.settings import ALTERNATIVES, build_environment


@click.command("servers")
@quick_option
@write_option
@click.option("--no-peers", is_flag=True, help="Measure only Baton and the echoes.")
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
@click.option(
    "--seconds", type=click.IntRange(1), default=2, show_default=True, help="Length of each load."
)
def servers_command(*, quick: bool, write: bool, no_peers: bool, rounds: int, seconds: int) -> None:
    """Measures Baton, its peers and an echo floor under the same loads."""
    scale = ServerScale(1, 1) if quick else ServerScale(rounds, seconds)
    factories = contestants.BATON if no_peers else contestants.ALL
    results = run_on_testbed(lambda testbed: servers.run(testbed, factories, scale))
    print_results("servers", report.format_tables(results), write=write)
    if write:
        replace_section(
            README, "servers", f"{report.format_summary(results)}\n\nOn {results.machine}."
        )
    if results.missing:
        raise CannotRun("; ".join(results.missing))


@click.command("cores")
@quick_option
@write_option
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def cores_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures two inference processes that share a load, and one alone."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = run_on_testbed(lambda testbed: cores.run(testbed, scale))
    print_results("cores", cores.format_tables(results), write=write)


@click.command("grpc")
@quick_option
@write_option
@click.option("--rounds", type=click.IntRange(1), default=10, show_default=True)
def grpc_command(*, quick: bool, write: bool, rounds: int) -> None:
    """Measures V2 over gRPC beside V2 in JSON over HTTP. It needs ghz."""
    scale = Scale(1, 1) if quick else Scale(rounds, 2)
    results = run_on_testbed(lambda testbed: grpc.run(testbed, scale))
    print_results("grpc", grpc.format_tables(results), write=write)


@click.command("encoders")
@write_option
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
    print_results("encoders", result.stdout.strip(), write=write)


@click.command("steps")
@write_option
def steps_command(*, write: bool) -> None:
    """Measures the steps of one request, without sockets."""
    table = run_on_testbed(steps.run)
    print_results("steps", table, write=write)
