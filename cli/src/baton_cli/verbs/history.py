"""`baton history`."""

from collections.abc import Sequence
from datetime import datetime
from heapq import merge
from typing import NamedTuple

import click
from rich.table import Table

from baton_cli import terminal
from baton_cli.rollouts.control.store import RolloutStore
from baton_cli.settings import CliSettings, load
from baton_common.utc import format_utc
from baton_registry.promotion.history import sync_and_read_moves
from baton_registry.promotion.ledger import Move
from baton_registry.rest.client import RegistryClient
from baton_rollout.progress.record import Record


class Row(NamedTuple):
    """One row of the history: a move of the alias, or a rollout that has ended.

    Attributes:
        at: the time in UTC; of a rollout, its end.
        from_version: the version before; of a rollout, the one that the canary was compared with.
        to_version: the version after; of a rollout, the canary's.
        how: `promote`, `rollback`, `external`, `rollout promoted` or `rollout aborted`.
        by: the actor; empty if unknown.
        reason: the actor's reason, or why the rollout was aborted.
    """

    at: datetime
    from_version: str | None
    to_version: str | None
    how: str
    by: str
    reason: str

    def to_json(self) -> dict[str, str | None]:
        """Converts the row to the form of `baton history --json`."""
        return {
            "at": format_utc(self.at),
            "from": self.from_version,
            "to": self.to_version,
            "how": self.how,
            "by": self.by,
            "reason": self.reason,
        }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def history(*, as_json: bool) -> None:
    """Show every known move of the alias and every past rollout, oldest first."""
    settings = load(CliSettings)
    with settings.open_registry() as registry:
        rows = read_rows(registry, settings)
    if as_json:
        terminal.show_json([row.to_json() for row in rows])
    elif rows:
        terminal.show(build_table(rows))
    else:
        terminal.show(f"{settings.model_name}@{settings.alias} has no known moves")


def read_rows(registry: RegistryClient, settings: CliSettings) -> list[Row]:
    """Reads the moves of the alias and the rollouts against it, oldest first."""
    moves = sync_and_read_moves(registry, settings.model_name, alias=settings.alias)
    store = RolloutStore(registry, settings.model_name, settings.canary_alias)
    past = [record for record in store.list_past() if record.plan.alias == settings.alias]
    # Merged, not sorted: the clocks of machines differ, and the ledger knows the order of moves.
    return [*merge(map(_from_move, moves), map(_from_rollout, past), key=lambda row: row.at)]


def build_table(rows: Sequence[Row]) -> Table:
    """Builds a table of the history."""
    table = Table("when (UTC)", "from", "to", "how", "by", "reason", box=None, pad_edge=False)
    for row in rows:
        when = f"{row.at:%Y-%m-%d %H:%M:%S}"
        versions = (row.from_version or "-", row.to_version or "-")
        texts = map(terminal.to_printable_line, (row.by or "-", row.reason))
        table.add_row(when, *versions, row.how, *texts)
    return table


def _from_move(move: Move) -> Row:
    return Row(move.at, move.from_version, move.to_version, move.how, move.by, move.reason)


def _from_rollout(record: Record) -> Row:
    plan = record.plan
    return Row(
        record.ended_at or plan.started_at,
        record.against,
        plan.version,
        f"rollout {record.phase}",
        plan.by,
        record.message or plan.reason,
    )
