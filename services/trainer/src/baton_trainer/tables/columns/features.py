"""The columns of a file, each typed and given its role."""

import pandas as pd

from baton_registry.versions.schema import Column, Label, TypeName
from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.columns import cells, roles
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.files.data_file import DataFile


def assign_role(
    file: DataFile, column: pd.Series, wanted: Columns, decimal: str
) -> tuple[ColumnRole, pd.Series]:
    """The role of a column that is not the target, and its typed values.

    Args:
        file: where it is from.
        column: as it stands in `file.cells`, or some of its rows.
        wanted: what the user says of the columns.
        decimal: the decimal mark.

    Raises:
        DataError: a number cannot reach a model, or what the user calls a number is none.
    """
    name = str(column.name)
    if name in wanted.drop:
        return ColumnRole(name, "dropped", "left out, as you say"), column
    if name in wanted.id:
        return ColumnRole(name, "id", "left out, as you say: it names rows"), column
    if reason := file.unreadable.get(name):
        line = f"column {name!r} is left out: {reason}"
        return ColumnRole(name, "unread", f"left out: {reason}", warnings=(line,)), column
    try:
        return _convert(file, column, wanted.roles.get(name), decimal)
    except DataError as error:
        raise DataError(f"{file.name}: {error}") from error


def _convert(
    file: DataFile, column: pd.Series, said: str | None, decimal: str
) -> tuple[ColumnRole, pd.Series]:
    if said == "category":
        values = _convert_to_category(file, column)
    else:
        values = column if file.is_typed else cells.convert(column, decimal)
    if said == "number":
        values = roles.convert_to_number(values)
    cells.check_size(values)
    return roles.detect_role(values, said_by_user=said is not None), values


def _convert_to_category(file: DataFile, column: pd.Series) -> pd.Series:
    """The cells as texts: of a format with types by the rule that scoring reads it by."""
    if file.texts is None:
        return cells.convert_to_text(column)
    name = str(column.name)
    texts: pd.Series = file.texts(name).loc[column.index].rename(name)
    return texts


def build_target_role(target: pd.Series, positive: Label | None, missing: int) -> ColumnRole:
    """The target's role."""
    classes = [f"{label} ({share:.1%})" for label, share in _compute_shares(target).items()]
    shown = ", ".join(classes[:4]) + (", …" if len(classes) > 4 else "")  # noqa: PLR2004 - a line
    about = "" if positive is None else f"; positive: {positive}"
    return ColumnRole(
        name=str(target.name),
        role="target",
        done=f"predicted: {shown}{about}",
        different=len(classes),
        missing=missing,
    )


def _compute_shares(target: pd.Series) -> pd.Series:
    return target.value_counts(normalize=True).sort_index()


def build_schema_column(values: pd.Series) -> Column:
    """A feature as a schema names it."""
    kind: TypeName = "string"
    if values.dtype.kind in "if":
        kind = "long" if values.dtype.kind == "i" else "double"
    elif not cells.is_text(values):
        kind = "boolean"
    return Column(
        name=str(values.name),
        type=kind,
        required=not values.isna().any(),
        categories=tuple(roles.list_categories(values)) if kind == "string" else (),
    )
