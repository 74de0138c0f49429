"""What the user should know about a table: notes and warnings, one line each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from baton_trainer.tables.columns import leaks
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.files import decimal_mark
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.split import Split

if TYPE_CHECKING:
    import pandas as pd


def list_notes(
    file: DataFile,
    decimal: str,
    identity: "pd.Series[str] | None",
    *,
    quotes: bool = True,
) -> tuple[str, ...]:
    """Lists what was detected about a file, and which id keeps rows together.

    Args:
        file: the file.
        decimal: the decimal mark.
        identity: the id that keeps rows together, if any.
        quotes: whether a note may quote a word of the file.
    """
    notes = []
    detected = [*file.notes]
    if file.encoding:
        example = f" (e.g. {file.foreign_word!r})" if quotes and file.foreign_word else ""
        detected.insert(0, f"encoding {file.encoding}{example}")
    if file.decimal is None and decimal != decimal_mark.USUAL:
        detected.append("decimal comma")
    if detected:
        notes.append(f"{file.name}: detected {', '.join(detected)}")
    if identity is not None:
        notes.append(
            f"{identity.name!r} has {identity.nunique():,} distinct values in {len(identity):,} "
            "rows: rows with the same value are all trained on or all held out"
        )
    return tuple(notes)


def list_warnings(roles: Sequence[ColumnRole], sides: Split) -> list[str]:
    """Lists the warnings about rows and columns; `leaks.list_warnings` has the others."""
    (target,) = (role for role in roles if role.role == "target")
    lines = []
    if target.missing:
        lines.append(f"{target.missing:,} rows without a {target.name!r} value are left out")
    lines += list_column_warnings(roles)
    if copies := int(sides.common.sum()):
        lines.append(
            f"{copies:,} of {len(sides.common):,} rows are copies of a few common rows; the copies "
            "are both trained on and held out, so the held-out metrics are too optimistic"
        )
    return lines


def list_column_warnings(roles: Sequence[ColumnRole]) -> list[str]:
    """Lists each warning; if many columns have the same role, only the first are named."""
    by_role: dict[str, list[str]] = {}
    for column in roles:
        by_role.setdefault(column.role, []).extend(column.warnings)
    return [
        line
        for role, lines in by_role.items()
        for line in leaks.limit_lines(lines, f"(role: {role}) have warnings; see data/columns.json")
    ]
