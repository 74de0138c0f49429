"""The program `baton`: finds the verb, runs it and returns its exit code.

0 done; 1 failed, with one line on stderr; 2 usage; 130 Ctrl-C; 143 SIGTERM.
"""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from keyword import iskeyword
from typing import Any, NoReturn

import click

from baton_cli.stopping import Terminated, raise_terminated
from baton_common.texts import to_one_line

FAILED = 1
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM

# Here, not in the verbs' modules, so that `baton --help` imports none of them.
VERBS = {
    "up": "Run tracking server, trainer and inference without Docker.",
    "serve": "Serve the version that the alias points to, over HTTP.",
    "train": "Train a version, register it and run the gate.",
    "import": "Import a version of any MLflow registry, converted to ONNX.",
    "compare": "Compare two versions.",
    "reproduce": "Train a version again and check that the result is the same.",
    "promote": "Move the alias to a version.",
    "rollout": "Run a version beside production, promote it step by step.",
    "rollback": "Move the alias back to the version promoted before.",
    "score": "Score a CSV or Parquet file with one version.",
    "feedback": "Send labels: what became known about scored rows.",
    "predictions": "Move the prediction log to another place.",
    "quality": "Measure live quality from labels; go back if it is worse.",
    "status": "Show the version of the alias and what inference serves.",
    "drift": "Compare logged rows with those that a version was trained on.",
    "history": "Show every known move and past rollout, oldest first.",
    "webhook": "Notify inference at once of moves and rollouts.",
    "keys": "Create signing keys and API keys.",
}
HIDDEN_VERBS = ("bootstrap",)

EPILOG = """\b
First steps:
  baton up                           start everything; http://127.0.0.1:8000
  baton train                        in another terminal: train version 2
  baton promote challenger --wait    serve it, if it passed the gate
  baton rollback --wait              serve version 1 again
"""


class Verbs(click.Group):
    """Imports a verb only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Lists the verbs in the order of a life cycle."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        """Imports the verb of that name."""
        if cmd_name not in VERBS and cmd_name not in HIDDEN_VERBS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command = getattr(import_module(f"baton_cli.verbs.{name}"), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"baton_cli.verbs.{name} has no command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the verb. Handles Ctrl-C here, because click would print an empty line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            return _report_interruption(error)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - same
        """Writes the list of verbs without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


def _print_version(ctx: click.Context, _option: click.Parameter, requested: bool) -> None:  # noqa: FBT001 - click's call
    if requested:
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

    Settings are environment variables: MLFLOW_TRACKING_URI, BATON_MODEL_NAME, BATON_ALIAS,
    BATON_INFERENCE_URL and others.
    """


def main() -> NoReturn:
    """Runs the program. `serve` and `up` replace the handler of SIGTERM with their own."""
    signal.signal(signal.SIGTERM, raise_terminated)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and returns its exit code."""
    try:
        return _run_command(arguments)
    except OSError as error:
        _discard_stdout()
        return _report_failure(f"{error.strerror or error}: {error.filename or 'standard output'}")


def _run_command(arguments: Sequence[str]) -> int:
    try:
        code = cli.main(list(arguments), prog_name="baton", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _report_failure(error.message)
    except (click.Abort, Terminated) as error:
        return _report_interruption(error)
    except Exception as error:
        from baton_registry.errors import RegistryError  # noqa: PLC0415 - slow, seldom needed

        if isinstance(error, RegistryError):
            return _report_failure(str(error))
        raise
    return code if isinstance(code, int) else 0


def _report_interruption(error: BaseException) -> int:
    cause, code = "stopped", INTERRUPTED
    if isinstance(error, Terminated):
        cause, code = "ended by SIGTERM", TERMINATED
    elif sys.stderr.isatty():
        click.echo(err=True)  # after the `^C` that a terminal shows
    _report_failure("; ".join([cause, *map(str, error.args)]))
    return code


def _report_failure(text: str) -> int:
    click.echo(f"baton: {to_one_line(text)}", err=True)
    return FAILED


def _discard_stdout() -> None:
    """Drops buffered output, so that the exit does not fail on it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
