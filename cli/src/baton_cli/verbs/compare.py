"""`baton compare`."""

from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.moves.arguments import FilePath
from baton_cli.training.trainer import compare_versions


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--data",
    type=FilePath(),
    metavar="FILE",
    help="A table to judge both by [the built-in one, if both were trained on it].",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(first: str, second: str, *, data: Path | None, as_json: bool) -> None:
    """Show the versions A and B, numbers or aliases, side by side.

    Gate, data, metrics, the parameters that differ, the schema; and with a table the ROC AUC of
    both on the rows that neither learned from, B's minus A's with its 95 % interval.
    """
    found = compare_versions(first, second, data)
    if as_json:
        terminal.show_json(found.to_json())
    else:
        from baton_trainer.audit.comparison_tables import render_comparison  # noqa: PLC0415 - loaded by now

        terminal.show(render_comparison(found))
