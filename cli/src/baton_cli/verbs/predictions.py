"""`baton predictions`."""

import time
from contextlib import suppress
from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.argument_types.places import FilePath, TableLocation
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.predictions.destination import VARIABLE
from baton_cli.predictions.moving import LogMover, Pass
from baton_cli.settings import PredictionSettings, load
from baton_cli.stopping import Terminated, explain_interruption
from baton_cli.storage_location import StorageLocation

INTERVAL_S = 10.0
"""Time between two passes of `--follow`."""


@click.group()
def predictions() -> None:
    """Move the prediction log, which inference writes, to another place."""


@predictions.command()
@option(
    "--to",
    "target",
    type=TableLocation(),
    required=True,
    metavar="URL|DIR",
    help="A folder, or a URL of s3://, gs:// or abfs://.",
)
@option(
    "--from",
    "source",
    type=FilePath(),
    metavar="DIR",
    show_default=VARIABLE,
    help="The folder of the log.",
)
@option("--follow", "follows", is_flag=True, help="Go on until SIGTERM or Ctrl-C.")
@option("--keep", "keeps", is_flag=True, help="Copy only: remove nothing here.")
def push(target: StorageLocation, source: Path | None, *, follows: bool, keeps: bool) -> None:
    """Move closed files of predictions and labels to another place.

    A file is removed here when its copy is complete. Files that inference is still writing are not
    touched. The command can be repeated at any time: what is there already is not copied again.

    Credentials for a URL are those of its package, s3fs, gcsfs or adlfs, in the environment.
    """
    folder = _choose_source(source, target)
    mover = LogMover(folder, target, keeps=keeps)
    if follows:
        with suppress(Terminated):  # a service that is stopped has not failed
            _follow(mover, target)
        return
    with explain_interruption("what was copied stays; repeat the command to go on"):
        done = mover.move_all()
    terminal.show(format_pass(done, target))
    if done.failures:
        count = f"{len(done.failures):,} failed"
        raise CommandFailed(f"{done.failures[0]}; {count}; repeat the command to go on")


def _choose_source(source: Path | None, target: StorageLocation) -> Path:
    if source is None:
        log = load(PredictionSettings).predictions
        if log is None or not log.is_local:
            raise click.UsageError(f"Give --from DIR, or set {VARIABLE} to a folder.")
        source = log.path
    if target.is_local:
        inner, outer = target.path.resolve(), source.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise click.UsageError("--to and --from must not be inside each other.")
    return source


def _follow(mover: LogMover, target: StorageLocation) -> None:
    """Moves files for ever. A failure is printed once, until all files are moved again."""
    terminal.print_event(f"moving closed files to {target}")
    is_failing = False
    while True:
        try:
            done = mover.move_all()
            failure = next(iter(done.failures), "")
        except CommandFailed as error:  # inference has not created the folder yet
            done, failure = Pass(), error.message
        if done.copied:
            terminal.print_event(format_pass(done, target))
        if failure and not is_failing:
            terminal.print_event(f"{failure}; trying again every {INTERVAL_S:.0f} s")
        elif is_failing and not failure:
            terminal.print_event("files are moved again")
        is_failing = bool(failure)
        time.sleep(INTERVAL_S)


def format_pass(done: Pass, target: StorageLocation) -> str:
    """Describes a pass in one line."""
    size = f"{done.copied_bytes / 1e6:,.1f} MB"
    present = f", {done.present:,} were there already" if done.present else ""
    failed = f", {len(done.failures):,} failed" if done.failures else ""
    return f"{done.copied:,} files ({size}) copied{present}{failed} → {target}"
