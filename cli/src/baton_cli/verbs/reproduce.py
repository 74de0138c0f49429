"""`baton reproduce`."""

from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.argument_types.places import DataLocation
from baton_cli.errors import CommandFailed
from baton_cli.options import option
from baton_cli.training.trainer import repeat_training


@click.command()
@click.argument("version", metavar="VERSION")
@option(
    "--data",
    type=DataLocation(),
    metavar="FILE|URL",
    show_default="the built-in one if it was that",
    help="The table that VERSION was trained on.",
)
@option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reproduce(version: str, *, data: Path | str | None, as_json: bool) -> None:
    """Train VERSION, a number or an alias, again and check that the result is the same.

    Repeats the training that its run records, then compares the metrics and the ONNX model's
    answers on the held-out rows. Logs and registers nothing. Exit code 0 only if they agree.
    """
    result = repeat_training(version, data)
    if as_json:
        terminal.show_json(result.to_json())
    else:
        terminal.show(result.to_table())
    if result.differences:
        raise CommandFailed(
            f"version {result.version} is not reproduced: {'; '.join(result.differences)}"
        )
    terminal.print_progress(f"version {result.version} is reproduced")
