"""The input columns of a model: those of its schema, else those of the data."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from baton_registry.errors import InvalidModel
from baton_registry.versions.schema import Column, parse_columns
from baton_trainer.errors import DataError, ImportFailed
from baton_trainer.tables.columns import cells, features
from baton_trainer.tables.files import decimal_mark
from baton_trainer.tables.files.data_file import DataFile


@dataclass(frozen=True)
class Inputs:
    """The columns that a model takes, and the file that has them.

    Attributes:
        columns: the columns, in the model's order.
        file: the file, with the columns' names.
        decimal: the decimal mark of its numbers.
        note: a line if the model has no schema; else empty.
    """

    columns: tuple[Column, ...]
    file: DataFile
    decimal: str
    note: str = ""


def choose_inputs(document: Mapping[str, Any], file: DataFile, target: str) -> Inputs:
    """Chooses the columns of a model.

    Args:
        document: the content of its MLmodel file.
        file: a table with its columns.
        target: the column of the table that is not one of them; empty if there is none.

    Raises:
        ImportFailed: the model's schema has columns that Baton cannot score.
        DataError: the file does not have such columns.
    """
    if target and target not in file.cells:
        raise DataError(f"{file.name}: no column {target!r}; name the target with --target")
    inputs = _read_schema(document)
    if inputs is not None:
        try:
            columns = parse_columns(inputs, {})
        except InvalidModel as error:
            raise ImportFailed(str(error)) from error
        return Inputs(columns, file, _find_decimal_mark(file, [c.name for c in columns]))
    names = [str(name) for name in file.cells if name != target]
    decimal = _find_decimal_mark(file, names)
    columns = tuple(_build_column(file, name, decimal) for name in names)
    others = f"{len(columns)} columns of {file.name}{f' without {target}' if target else ''}"
    return Inputs(columns, file, decimal, f"the model has no schema: it takes the {others}")


def _read_schema(document: Mapping[str, Any]) -> Any:
    """Returns the decoded `signature.inputs`; None if the model has no schema."""
    signature = document.get("signature")
    inputs = signature.get("inputs") if isinstance(signature, Mapping) else None
    if inputs is None:
        return None
    try:
        return json.loads(inputs)
    except (TypeError, ValueError, RecursionError) as error:
        raise ImportFailed("the schema in the MLmodel file is not JSON; log it again") from error


def _find_decimal_mark(file: DataFile, names: list[str]) -> str:
    known = [name for name in file.cells if name in names]
    return file.decimal or decimal_mark.detect(file.cells[known], file.name)


def _build_column(file: DataFile, name: str, decimal: str) -> Column:
    if not name:
        raise DataError(f"{file.name}: a column has no name; name it, or remove it")
    values = file.cells[name]
    if isinstance(values, pd.DataFrame):
        raise DataError(f"{file.name}: more than one column is called {name!r}; rename one")
    return features.build_schema_column(values if file.is_typed else cells.convert(values, decimal))


def add_categories(columns: tuple[Column, ...], frame: pd.DataFrame) -> tuple[Column, ...]:
    """Records the texts of the data as the columns' categories."""
    return tuple(
        replace(each, categories=features.build_schema_column(frame[each.name]).categories)
        if each.type == "string"
        else each
        for each in columns
    )
