"""`baton history`."""

from collections.abc import Sequence

import click
from rich.table import Table

from baton_cli import terminal
from baton_cli.settings import CliSettings, load
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.promotion.ledger import Move


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def history(*, as_json: bool) -> None:
    """Show every known move of the alias, oldest first."""
    settings = load(CliSettings)
    with settings.open_registry() as registry:
        moves = sync_and_read_moves(registry, settings.model_name, alias=settings.alias)
    if as_json:
        terminal.show_json([move.to_json() for move in moves])
    elif moves:
        terminal.show(build_table(moves))
    else:
        terminal.show(f"{settings.model_name}@{settings.alias} has no known moves")


def build_table(moves: Sequence[Move]) -> Table:
    """Builds a table with one row for each move."""
    table = Table("when (UTC)", "from", "to", "how", "by", "reason", box=None, pad_edge=False)
    for move in moves:
        when = f"{move.at:%Y-%m-%d %H:%M:%S}"
        versions = (move.from_version or "-", move.to_version or "-")
        texts = map(terminal.to_printable_line, (move.by or "-", move.reason))
        table.add_row(when, *versions, move.how, *texts)
    return table
