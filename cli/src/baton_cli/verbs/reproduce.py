"""`baton reproduce`."""

from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.errors import CommandFailed
from baton_cli.moves.arguments import FilePath
from baton_cli.training.trainer import repeat_training


@click.command()
@click.argument("version", metavar="VERSION")
@click.option(
    "--data",
    type=FilePath(),
    metavar="FILE",
    help="The table that it was trained on [the built-in one, if it was that].",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reproduce(version: str, *, data: Path | None, as_json: bool) -> None:
    """Train VERSION, a number or an alias, again, and say whether it comes out the same.

    Its run records what it was asked for; metrics and the ONNX model's answers to the held-out
    rows are compared. Nothing is logged or registered. Exit code 0 only if they agree.
    """
    done = repeat_training(version, data)
    if as_json:
        terminal.show_json(done.to_json())
    else:
        terminal.show(done.to_table())
    if done.differences:
        raise CommandFailed(
            f"version {done.version} does not come out the same: {'; '.join(done.differences)}"
        )
    terminal.tell(f"version {done.version} is reproduced")
