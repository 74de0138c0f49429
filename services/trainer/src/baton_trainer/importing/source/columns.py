"""The input columns of a model: those of its schema, else those of the data."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from baton_registry.errors import InvalidModel
from baton_registry.versions.mlmodel import parse_schema
from baton_registry.versions.schema import Column, Schema
from baton_trainer.errors import DataError, ImportFailed
from baton_trainer.importing.rows.rows import Rows
from baton_trainer.tables.columns import cells, features
from baton_trainer.tables.files import decimal_mark
from baton_trainer.tables.files.data_file import DataFile


@dataclass(frozen=True)
class Inputs:
    """The columns that a model takes, and the file that has them.

    Attributes:
        schema: the columns, in the model's order.
        file: the file; its columns have the names of the schema's.
        decimal: the decimal mark of its numbers.
        note: a line if the schema does not name the columns; else empty.
        private: the columns whose values must not be shown or logged.
    """

    schema: Schema
    file: DataFile
    decimal: str
    note: str = ""
    private: tuple[str, ...] = ()


def choose_inputs(document: dict[str, Any], file: DataFile, target: str) -> Inputs:
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
        raise DataError(f"{file.name}: no column {target!r}; name another one with --target")
    names = [str(name) for name in file.cells if name != target]
    signature = document.get("signature")
    if not isinstance(signature, dict) or signature.get("inputs") is None:
        decimal = _find_decimal_mark(file, names)
        columns = tuple(_build_column(file, name, decimal) for name in names)
        return Inputs(Schema(columns), file, decimal, f"the model has no schema: {_list(names)}")
    try:
        schema = parse_schema(document)
    except InvalidModel as error:
        raise ImportFailed(str(error)) from error
    if dates := next((each.name for each in schema.columns if each.type == "datetime"), ""):
        raise ImportFailed(
            f"column {dates!r} has dates, which no converter takes; log a model of numbers, texts "
            "and booleans"
        )
    if not schema.is_matrix:
        return Inputs(schema, file, _find_decimal_mark(file, [c.name for c in schema.columns]))
    if len(names) != len(schema.columns):
        raise DataError(
            f"{file.name}: the model takes {len(schema.columns)} columns without names, and the "
            f"table has {len(names)}{f' beside {target}' if target else ''}; use a table with the "
            "model's columns in their order, and name the target with --target"
        )
    note = f"the model's columns have no names: {_list(names)}"
    return Inputs(
        schema, _rename(file, names, schema.columns), _find_decimal_mark(file, names), note
    )


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"it takes the table's {len(names)} columns in their order ({shown}, …)"


def _rename(file: DataFile, names: Sequence[str], columns: Sequence[Column]) -> DataFile:
    """Gives the columns of a file the names of the schema; the target keeps its own."""
    new = dict(zip(names, (column.name for column in columns), strict=True))
    return replace(file, cells=file.cells.rename(columns=new))


def _find_decimal_mark(file: DataFile, names: Sequence[str]) -> str:
    known = [name for name in file.cells if name in names]
    return file.decimal or decimal_mark.detect(file.cells[known], file.name)


def _build_column(file: DataFile, name: str, decimal: str) -> Column:
    if not name:
        raise DataError(f"{file.name}: a column has no name; name it, or remove it")
    if list(file.cells).count(name) > 1:
        raise DataError(f"{file.name}: more than one column is called {name!r}; rename one")
    values = file.cells[name]
    return features.build_schema_column(values if file.is_typed else cells.convert(values, decimal))


def add_categories(schema: Schema, rows: Rows) -> Schema:
    """Records the texts of the rows as the columns' categories."""
    frame = rows.to_frame()
    columns = (
        replace(each, categories=features.build_schema_column(frame[each.name]).categories)
        if each.type == "string"
        else each
        for each in schema.columns
    )
    return replace(schema, columns=tuple(columns))
