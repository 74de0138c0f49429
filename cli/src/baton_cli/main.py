"""The program `baton`: finds the verb, runs it, turns how it ended into an exit code.

0 done; 1 it could not be done, with one line on stderr; 2 usage; 130 Ctrl-C; 143 SIGTERM.
"""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Any, NoReturn

import click

from baton_cli.stopping import Terminated, terminate
from baton_common.texts import to_one_line

FAILED = 1
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM

# Told here, not in the verbs' modules: `baton --help` must not wait for what the verbs import.
VERBS = {
    "up": "Run the whole life cycle on this machine, without Docker.",
    "serve": "Serve the version that the alias points to, over HTTP.",
    "train": "Train a version, register it, and say whether it passed the gate.",
    "compare": "Show two versions side by side.",
    "reproduce": "Train a version again, and say whether it comes out the same.",
    "promote": "Move the alias to a version.",
    "rollback": "Move the alias back to the version promoted before.",
    "score": "Score a whole CSV or Parquet file with one version.",
    "status": "Show what the alias points to and what inference serves.",
    "history": "Show every known move of the alias, oldest first.",
    "webhook": "Let the registry tell inference when an alias moves.",
    "keys": "Make keys: to sign versions with, or to be let in by.",
}
HIDDEN_VERBS = ("bootstrap",)

EPILOG = """\b
A first tour:
  baton up                           everything, at http://127.0.0.1:8000
  baton train                        in another terminal: a second version
  baton promote challenger --wait    serve it, once it passed the gate
  baton rollback --wait              and back
"""


class Verbs(click.Group):
    """The verbs, each imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The verbs in the order of a life cycle."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """The verb of that name."""
        if cmd_name not in VERBS and cmd_name not in HIDDEN_VERBS:
            return None
        command = getattr(import_module(f"baton_cli.verbs.{cmd_name}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"baton_cli.verbs.{cmd_name} holds no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the verb. Ctrl-C, to which click would answer with an empty line, is told here."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            return _stopped(error)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - same
        """The list of verbs, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _print_version(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's call
    if wanted:
        click.echo(f"baton {version('baton-cli')}")
        ctx.exit()


@click.command(cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Baton passes production from one model version to the next without dropping it.

    Settings come from the environment: MLFLOW_TRACKING_URI, BATON_MODEL_NAME, BATON_ALIAS,
    BATON_INFERENCE_URL and others.
    """


def main() -> NoReturn:
    """The entry point. Verbs that serve have handlers of their own, which take this one's place."""
    signal.signal(signal.SIGTERM, terminate)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and gives its exit code."""
    try:
        return _outcome(arguments)
    except OSError as error:
        _discard_stdout()
        return _failed(f"{error.strerror or error}: {error.filename or 'standard output'}")


def _outcome(arguments: Sequence[str]) -> int:
    try:
        code = cli.main(list(arguments), prog_name="baton", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _failed(error.message)
    except (click.Abort, Terminated) as error:
        return _stopped(error)
    except Exception as error:
        from baton_registry.errors import RegistryError  # noqa: PLC0415 - slow, and seldom needed

        if isinstance(error, RegistryError):
            return _failed(str(error))
        raise
    return code if isinstance(code, int) else 0


def _stopped(error: BaseException) -> int:
    by, code = ("stopped", INTERRUPTED)
    if isinstance(error, Terminated):
        by, code = ("ended by SIGTERM", TERMINATED)
    elif sys.stderr.isatty():
        click.echo(err=True)  # after the `^C` that a terminal shows
    _failed("; ".join([by, *map(str, error.args)]))
    return code


def _failed(text: str) -> int:
    click.echo(f"baton: {to_one_line(text)}", err=True)
    return FAILED


def _discard_stdout() -> None:
    """What is still in the buffer goes nowhere, quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
