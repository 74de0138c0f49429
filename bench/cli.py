"""The command line of the benchmarks."""

from collections.abc import Sequence

import click

from baton_cli.errors import CommandFailed
from baton_cli.terminal import end_line, print_progress
from baton_registry.errors import RegistryError
from bench.commands import offline, serving, simulations, versions
from bench.errors import CannotRun

DEFAULT = "servers"
INTERRUPTED = 130
USAGE = 2
COMMANDS = (
    serving.servers_command,
    serving.cores_command,
    serving.grpc_command,
    serving.encoders_command,
    serving.steps_command,
    versions.swaps_command,
    versions.live_rollouts_command,
    versions.shadow_command,
    versions.predictions_command,
    versions.replicas_command,
    offline.train_command,
    offline.score_command,
    offline.dask_command,
    offline.zoo_command,
    simulations.rollout_command,
    simulations.drift_command,
)


@click.group(commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
def bench() -> None:
    """Measures Baton. Tables go to stdout, progress to stderr.

    The default command is `servers`.
    """


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
