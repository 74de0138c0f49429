"""`baton compare`."""

from pathlib import Path

import click

from baton_cli import terminal
from baton_cli.argument_types.places import DataLocation
from baton_cli.options import option
from baton_cli.training.options import query_option
from baton_cli.training.trainer import compare_versions


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@option(
    "--data",
    type=DataLocation(),
    metavar="FILE|URL",
    show_default="the built-in one if both were trained on it",
    help="Compare ROC AUC or RMSE on this table.",
)
@query_option
@option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(
    first: str, second: str, *, data: Path | str | None, query: str | None, as_json: bool
) -> None:
    """Compare the versions A and B, each a number or an alias.

    Shows gate, data, metrics, schema and the parameters that differ. With a table, also the
    ROC AUC of both on rows that neither was trained on, and the difference B - A with its 95 %
    interval; for regressions the RMSE, and the ratio B / A.
    """
    comparison = compare_versions(first, second, data, query)
    if as_json:
        terminal.show_json(comparison.to_json())
    else:
        from baton_trainer.audit.comparison_tables import render_comparison  # noqa: PLC0415 - loaded by now

        terminal.show(render_comparison(comparison))
