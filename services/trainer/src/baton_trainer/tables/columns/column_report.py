"""Reports the roles of a table's columns, on the terminal and in the run."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from baton_trainer.tables.columns.roles import ColumnRole

MAX_SHOWN = 60

_JSON_KEYS = {"usage": "done", "distinct": "different"}
"""Runs store these fields under other keys."""

_COLOURS = {"target": "bold green", "number": "cyan", "boolean": "cyan", "category": "cyan"}


def build_table(roles: Sequence[ColumnRole]) -> Table:
    """Builds a row for each column; with many columns, all that are left out and some features."""
    table = Table("column", "role", "treatment", box=None, pad_edge=False, header_style="bold")
    table.add_column("distinct", justify="right")
    table.add_column("missing", justify="right")
    free = MAX_SHOWN - sum(not role.is_feature for role in roles)
    hidden = 0
    for role in roles:
        if role.is_feature and (free := free - 1) < 0:
            hidden += 1
            continue
        table.add_row(
            role.name,
            role.role,
            role.usage,
            f"{role.distinct:,}" if role.distinct else "",
            f"{role.missing:,}" if role.missing else "",
            style=_COLOURS.get(role.role, "dim"),
        )
    if hidden:
        table.add_row("…", "", f"and {hidden:,} more features", "", "")
    return table


def to_json(roles: Sequence[ColumnRole]) -> list[dict[str, Any]]:
    """Returns all roles, as a JSON document."""
    return [
        {_JSON_KEYS.get(key, key): value for key, value in asdict(role).items()} for role in roles
    ]
