"""Types each column of a file and assigns its role."""

import pandas as pd

from baton_registry.versions.schema import Column, TypeName
from baton_trainer.errors import DataError
from baton_trainer.request import Columns
from baton_trainer.tables.columns import cells, roles
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.target import Target


def assign_role(
    file: DataFile, column: pd.Series, options: Columns, decimal: str
) -> tuple[ColumnRole, pd.Series]:
    """Returns the role of a column that is not the target, and its typed values.

    Args:
        file: the file.
        column: a column of `file.cells`, or some of its rows.
        options: the user's options for the columns.
        decimal: the decimal mark.

    Raises:
        DataError: a number is too large, or a column that the user calls a number is not one.
    """
    name = str(column.name)
    if name in options.drop:
        return ColumnRole(name, "dropped", "left out as requested"), column
    if name in options.id:
        return ColumnRole(name, "id", "left out as requested: it identifies rows"), column
    if reason := file.unreadable.get(name):
        line = f"column {name!r} is left out: {reason}"
        return ColumnRole(name, "unread", f"left out: {reason}", warnings=(line,)), column
    try:
        return _convert(file, column, options, decimal)
    except DataError as error:
        raise DataError(f"{file.name}: {error}") from error


def _convert(
    file: DataFile, column: pd.Series, options: Columns, decimal: str
) -> tuple[ColumnRole, pd.Series]:
    name = str(column.name)
    requested, is_private = options.roles.get(name), name in options.private
    if requested == "category":
        values = _convert_to_category(file, column)
    else:
        values = column if file.is_typed else cells.convert(column, decimal)
    if requested == "number":
        values = roles.convert_to_number(values, is_private=is_private)
    cells.check_size(values, is_private=is_private)
    role = roles.detect_role(values, is_requested=requested is not None, is_private=is_private)
    return role, values


def _convert_to_category(file: DataFile, column: pd.Series) -> pd.Series:
    """Returns the cells as texts; a typed file has its own rule, which scoring shares."""
    if file.texts is None:
        return cells.convert_to_text(column)
    name = str(column.name)
    texts: pd.Series = file.texts(name).loc[column.index].rename(name)
    return texts


def build_target_role(target: Target, missing: int) -> ColumnRole:
    """Describes the target; `missing` rows have no label."""
    text = _describe_labels(target) if target.classes else _describe_values(target)
    return ColumnRole(
        name=str(target.labels.name),
        role="target",
        usage=f"predicted: {text}",
        distinct=target.labels.nunique(),
        missing=missing,
    )


def _describe_labels(target: Target) -> str:
    shares = target.labels.value_counts(normalize=True).sort_index()
    classes = [f"{label} ({share:.1%})" for label, share in shares.items()]
    shown = ", ".join(classes[:4]) + (", …" if len(classes) > 4 else "")  # noqa: PLR2004 - a line
    positive = "" if target.positive is None else f"; positive: {target.positive}"
    return f"{shown}{positive}"


def _describe_values(target: Target) -> str:
    low, middle, high = (f"{each:.6g}" for each in target.labels.quantile([0, 0.5, 1]))
    return f"a number (regression), {low} to {high}, median {middle}"


def build_schema_column(values: pd.Series) -> Column:
    """Returns the schema's description of a feature."""
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
