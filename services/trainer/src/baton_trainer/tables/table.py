"""A table that can be trained on: typed features, a target of classes, and what was left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from baton_engine.tables.text.reader_rule import KEPT, TRIMMED, ReaderRule
from baton_registry.versions.schema import Column, Label
from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables import target
from baton_trainer.tables.columns import cells, features, leaks
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.files import decimal_mark, header
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.identity import find_repeating_id
from baton_trainer.tables.split import Hashes, Split, split

MIN_ROWS = 50


@dataclass(frozen=True)
class Table:
    """A validated table.

    Attributes:
        name: what to call it in messages.
        sha256: of the file that it was read from.
        features: shape `[rows, columns]`; int64, float64, bool or object columns (`cells.convert`).
        target: shape `[rows]`, without gaps; text, whole numbers or booleans.
        columns: the features as a schema names them; optional where a column has gaps.
        classes: the different values of the target, sorted.
        positive: of two classes the one that the figures are about; None where there are more.
        held_out: shape `[rows]`, True for the rows that training must not see.
        held_out_by: the id column whose rows stay together; empty where each row is on its own.
        groups: shape `[rows]`, equal where rows are of one id; None where each is on its own.
        roles: what each column of the file is, in its order.
        notes: what was found out of how to read the file, one line each.
        warnings: one line for everything that was left out or looks odd.
        reader: how the file's cells were read, as a JSON object; the version's manifest records it.
        reread: reads the same file by another rule; None if every rule reads the same.
    """

    name: str
    sha256: str
    features: pd.DataFrame
    target: pd.Series
    columns: tuple[Column, ...]
    classes: tuple[Label, ...]
    positive: Label | None
    held_out: NDArray[np.bool_]
    held_out_by: str
    groups: Hashes | None
    roles: tuple[ColumnRole, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    reader: Mapping[str, Any] = field(default_factory=dict)
    reread: Callable[[ReaderRule], "Table"] | None = None

    def read_by(self, rule: ReaderRule) -> "Table":
        """The same rows, with the cells as another version reads them.

        Raises:
            DataError: by that rule the file is no table.
        """
        return self if self.reread is None else self.reread(rule)

    @property
    def file_name(self) -> str:
        """The name without its folder, for what others read: it is of this machine."""
        return Path(self.name).name


def build_table(file: DataFile, wanted: Columns) -> Table:
    """Types the columns, drops those that teach nothing, and refuses what cannot be trained on.

    Raises:
        DataError: no rows or columns, too few rows, no such target, not a target of classes.
    """
    header.check(file, wanted)
    labels = file.cells[wanted.target]
    labels = labels if file.is_typed else cells.convert(labels)
    known = labels.notna()
    rows = file.cells.loc[known]  # the index goes on telling the row in the file
    _check_rows(file, wanted.target, len(rows))
    goal = target.convert_labels(labels[known], file.name)
    classes = tuple(sorted(goal.unique().tolist()))
    positive = target.choose_positive(wanted.positive, classes, file.name)
    decimal = file.decimal or _decimal_mark(rows, wanted, file.name)
    of_target = features.build_target_role(goal, positive, int((~known).sum()))
    judged = [
        (of_target, goal)
        if column.name == wanted.target
        else features.assign_role(file, column, wanted, decimal)
        for _, column in rows.items()
    ]
    inputs = pd.DataFrame({role.name: values for role, values in judged if role.is_feature})
    odd = _column_warnings([role for role, _ in judged])
    if inputs.empty:
        raise DataError("; ".join([f"{file.name}: no column is left to learn from", *odd]))
    identity = find_repeating_id(rows, wanted.id)
    inputs, goal = inputs.reset_index(drop=True), goal.reset_index(drop=True)
    sides = split(inputs, identity)
    target.check_split(goal, sides.held_out, file.name)
    columns = tuple(features.build_schema_column(column) for _, column in inputs.items())
    return Table(
        name=file.name,
        sha256=file.sha256,
        features=inputs,
        target=goal,
        columns=columns,
        classes=classes,
        positive=positive,
        held_out=sides.held_out,
        held_out_by="" if identity is None else str(identity.name),
        groups=sides.groups,
        roles=tuple(role for role, _ in judged),
        notes=(*_notes(file, decimal), *_kept_together(identity)),
        warnings=(
            *_rows_left_out(of_target),
            *odd,
            *_common_rows(sides),
            *leaks.list_warnings(inputs, goal, positive),
        ),
        reader=_text_rule(file, columns).to_json(),
    )


def _text_rule(file: DataFile, columns: Sequence[Column]) -> ReaderRule:
    """The rule by which text files hold the same cells as this one.

    A typed file may have categories with white space around them. Where it has none, white space
    around the cells of a text file is no data either.
    """
    if not file.is_typed:
        return file.rule
    texts = [text for column in columns for text in column.categories]
    return KEPT if any(text != text.strip() for text in texts) else TRIMMED


def _check_rows(file: DataFile, goal: str, usable: int) -> None:
    if file.cells.empty:
        raise DataError(f"{file.name}: no rows below the line of names; at least {MIN_ROWS} needed")
    if not usable:
        raise DataError(f"{file.name}: every {goal!r} is missing; fill in the target column")
    if usable < MIN_ROWS:
        raise DataError(f"{file.name}: {usable} usable rows; at least {MIN_ROWS} are needed")


def _decimal_mark(rows: pd.DataFrame, wanted: Columns, name: str) -> str:
    """The mark of the columns that may be numbers."""
    categories = (column for column, role in wanted.roles.items() if role == "category")
    aside = {wanted.target, *wanted.drop, *wanted.id, *categories, ""}
    return decimal_mark.detect(rows.loc[:, [each not in aside for each in rows]], name)


def _notes(file: DataFile, decimal: str) -> tuple[str, ...]:
    found = [*file.found]
    if file.decimal is None and decimal != decimal_mark.USUAL:
        found.append("decimal comma")
    return (f"{file.name} is read with {', '.join(found)}",) if found else ()


def _kept_together(identity: "pd.Series[str] | None") -> list[str]:
    if identity is None:
        return []
    line = (
        f"{identity.nunique():,} different {identity.name!r} in {len(identity):,} rows: those of "
        "one are learned from or held out together"
    )
    return [line]


def _column_warnings(found: Sequence[ColumnRole]) -> list[str]:
    """A line for each warning; of very many columns of one role only the first are named."""
    by_role: dict[str, list[str]] = {}
    for column in found:
        by_role.setdefault(column.role, []).extend(column.warnings)
    return [
        line
        for role, lines in by_role.items()
        for line in leaks.limit_lines(lines, f"(role: {role}) has a warning; see data/columns.json")
    ]


def _rows_left_out(goal: ColumnRole) -> list[str]:
    return [f"{goal.missing} rows without a {goal.name!r} are left out"] if goal.missing else []


def _common_rows(sides: Split) -> list[str]:
    if not (copies := int(sides.common.sum())):
        return []
    line = (
        f"{copies} of {len(sides.common)} rows are copies of a few; such rows are learned from and "
        "held out alike, and the held-out figures are the kinder for it"
    )
    return [line]
