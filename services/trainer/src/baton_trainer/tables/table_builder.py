"""Builds a table from a file: assigns a role to each column, and splits the rows."""

from collections.abc import Sequence

import pandas as pd

from baton_engine.tables.text.reader_rule import KEEP_WHITE_SPACE, TRIM_WHITE_SPACE, ReaderRule
from baton_registry.versions.schema import Column
from baton_trainer.errors import DataError
from baton_trainer.request import Columns, TargetTask
from baton_trainer.tables import table_notes
from baton_trainer.tables.columns import cells, features, leaks
from baton_trainer.tables.columns.made_up_values import hide_categories
from baton_trainer.tables.columns.roles import ColumnRole
from baton_trainer.tables.files import decimal_mark, header
from baton_trainer.tables.files.data_file import DataFile
from baton_trainer.tables.files.decimal_mark import COMMA
from baton_trainer.tables.identity import find_repeating_id
from baton_trainer.tables.split import split
from baton_trainer.tables.table import Table
from baton_trainer.tables.target import Target, build_target, check_split
from baton_trainer.tables.target_task import choose_task

MIN_ROWS = 50


def build_table(file: DataFile, options: Columns, task: TargetTask | None = None) -> Table:
    """Types the columns, drops those that a model cannot use, and splits the rows.

    Args:
        file: the file.
        options: the user's options for the columns.
        task: None: it is detected from the target.

    Raises:
        DataError: the table cannot be trained on.
    """
    header.check(file, options)
    rows, labels = _select_labelled_rows(file, options.target)
    decimal = file.decimal or _detect_decimal_mark(rows, options, file.name)
    target = _build_target(file, labels, options, decimal, task)
    typed = _type_columns(file, rows, target, options, decimal)
    inputs = _collect_features(file.name, typed)
    identity = find_repeating_id(rows, options.id)
    sides = split(inputs, identity)
    check_split(target, sides.held_out, file.name)
    roles = tuple(role for role, _ in typed)
    values = target.labels.reset_index(drop=True)
    leak_warnings = leaks.list_warnings(inputs, values, target.positive)
    columns = [features.build_schema_column(column) for _, column in inputs.items()]
    return Table(
        name=file.name,
        sha256=file.sha256,
        features=inputs,
        target=values,
        columns=hide_categories(columns, options.private),
        classes=target.classes,
        positive=target.positive,
        held_out=sides.held_out,
        held_out_by="" if identity is None else str(identity.name),
        groups=sides.groups,
        roles=roles,
        notes=table_notes.list_notes(file, decimal, identity, quotes=not options.private),
        warnings=(*table_notes.list_warnings(roles, sides), *leak_warnings),
        private_columns=tuple(dict.fromkeys(options.private)),
        reader=_choose_reader_rule(file, columns).to_json(),
    )


def _select_labelled_rows(file: DataFile, target: str) -> tuple[pd.DataFrame, pd.Series]:
    """Returns the rows that have a value for the target, and these values, typed."""
    labels = file.cells[target]
    labels = labels if file.is_typed else cells.convert(labels)
    has_label = labels.notna()
    rows = file.cells.loc[has_label]
    _check_rows(file, target, len(rows))
    return rows, labels[has_label]


def _build_target(
    file: DataFile, labels: pd.Series, options: Columns, decimal: str, task: TargetTask | None
) -> Target:
    """Builds the target from its typed cells; texts of a class have no decimal mark."""
    if task != "classification" and not file.is_typed and cells.is_text(labels):
        labels = _convert_decimal_commas(labels, decimal)
    task = choose_task(labels, task, file.name)
    return build_target(labels, options.positive, file.name, task)


def _convert_decimal_commas(labels: pd.Series, decimal: str) -> pd.Series:
    """Returns numbers with a decimal comma as numbers, other labels as they are."""
    has_commas = cells.has_decimal_commas(labels.unique().tolist())
    is_certain = has_commas or (has_commas is None and decimal == COMMA)
    return cells.convert(labels, COMMA) if is_certain else labels


def _check_rows(file: DataFile, name: str, usable: int) -> None:
    if file.cells.empty:
        raise DataError(f"{file.name}: no rows below the header; at least {MIN_ROWS} are needed")
    if not usable:
        raise DataError(f"{file.name}: the target {name!r} is empty in every row; fill it in")
    if usable < MIN_ROWS:
        raise DataError(
            f"{file.name}: only {usable} rows have a value for the target {name!r}; at least "
            f"{MIN_ROWS} are needed"
        )


def _detect_decimal_mark(rows: pd.DataFrame, options: Columns, name: str) -> str:
    """Detects the mark from the columns that may be numbers."""
    categories = (column for column, role in options.roles.items() if role == "category")
    ignored = {options.target, *options.drop, *options.id, *categories, ""}
    usable = rows.loc[:, [each not in ignored for each in rows]]
    return decimal_mark.detect(usable, name, options.private)


def _type_columns(
    file: DataFile, rows: pd.DataFrame, target: Target, options: Columns, decimal: str
) -> list[tuple[ColumnRole, pd.Series]]:
    """Returns the role and the typed values of each column."""
    target_role = features.build_target_role(target, len(file.cells) - len(rows))
    return [
        (target_role, target.labels)
        if column.name == options.target
        else features.assign_role(file, column, options, decimal)
        for _, column in rows.items()
    ]


def _collect_features(name: str, typed: Sequence[tuple[ColumnRole, pd.Series]]) -> pd.DataFrame:
    columns = {role.name: values for role, values in typed if role.is_feature}
    if not columns:
        reasons = table_notes.list_column_warnings([role for role, _ in typed])
        raise DataError("; ".join([f"{name}: no column is left to train on", *reasons]))
    return pd.DataFrame(columns).reset_index(drop=True)


def _choose_reader_rule(file: DataFile, columns: Sequence[Column]) -> ReaderRule:
    """Chooses the rule by which text files hold the same cells as this file.

    Categories of a typed file may have white space around them. If none has, white space around
    the cells of a text file is not data either.
    """
    if not file.is_typed:
        return file.rule
    texts = [text for column in columns for text in column.categories]
    return KEEP_WHITE_SPACE if any(text != text.strip() for text in texts) else TRIM_WHITE_SPACE
