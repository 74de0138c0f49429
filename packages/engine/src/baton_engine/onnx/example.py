"""A version's input example, as MLflow writes it.

A table is `{"columns": […], "data": […]}`, without `columns` if they are numbered. An array is
`[[…], …]`, or `{name: [[…], …]}` for a named tensor. Older releases wrote `{"inputs": …}`.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from baton_engine.engine import EngineError
from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.text.datetimes import parse_datetime
from baton_engine.tables.transpose import Rows
from baton_registry.versions.schema import Column, Schema

_MAX_ROWS = 100
_SHOWN = 3


def read_example(content: bytes | None, schema: Schema) -> Sequence[dict[str, Any]]:
    """Reads the example's rows; empty without an example in one of these forms.

    Args:
        content: the content of the file.
        schema: the columns that the example must have; optional ones may be missing.

    Raises:
        EngineError: the example has other columns.
    """
    try:
        document = json.loads(content or b"{}")
        if schema.is_matrix:
            data = _find_matrix(document)
            columns = [*map(str, range(len(data[0])))]
        else:
            data = document["data"]
            columns = [*map(str, document.get("columns") or _list_numbered_columns(schema))]
        rows = [dict(zip(columns, row, strict=True)) for row in data[:_MAX_ROWS]]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return ()
    _check_columns(columns, schema)
    return rows


def _list_numbered_columns(schema: Schema) -> Sequence[str]:
    """Lists the columns if their names are `0`, `1`, …; pandas and MLflow then write no names."""
    names = [column.name for column in schema.columns]
    return names if names == [*map(str, range(len(names)))] else ()


def _find_matrix(document: Any) -> Any:
    """Finds the rows in the forms of the module's docstring."""
    if not isinstance(document, dict):
        return document
    for key in ("data", "inputs"):
        if key in document:
            return _find_matrix(document[key])
    (rows,) = document.values()
    return rows


def build_rows(instances: Sequence[Mapping[str, Any]], schema: Schema) -> Rows | None:
    """Builds rows from the example's instances, as from a request.

    Returns None if there are no instances, or if a request could not contain them, for example
    because a value is missing in a required column.
    """
    columns = schema.columns
    if not all(_is_allowed(c, each.get(c.name)) for each in instances for c in columns):
        return None
    return [tuple(_convert(c, each.get(c.name)) for c in columns) for each in instances] or None


def _is_allowed(column: Column, value: Any) -> bool:
    """Whether a column takes this JSON value. A test compares it with `/predict`."""
    if value is None:
        return not column.required
    kind = COLUMN_TYPES[column.type]
    if column.type == "datetime":
        return type(value) is str and _is_datetime(value)
    if kind.python in (bool, str):
        return type(value) is kind.python
    if type(value) not in (int, float):
        return False
    least, greatest = kind.limits
    return bool(least <= value <= greatest and (not kind.is_integer or value == int(value)))


def _is_datetime(text: str) -> bool:
    try:
        parse_datetime(text)
    except CellError:
        return False
    return True


def _convert(column: Column, value: Any) -> Any:
    """Converts a value to its column's Python type, e.g. `1.0` to an integer."""
    return None if value is None else COLUMN_TYPES[column.type].python(value)


def _check_columns(columns: Sequence[str], schema: Schema) -> None:
    known = {column.name for column in schema.columns}
    unknown = [name for name in columns if name not in known]
    missing = [c.name for c in schema.columns if c.required and c.name not in columns]
    problems = [
        f"{label} {', '.join(map(repr, names[:_SHOWN]))}{', …' if len(names) > _SHOWN else ''}"
        for label, names in (("unknown", unknown), ("missing", missing))
        if names
    ]
    if problems:
        raise EngineError(
            f"the input example's columns are not the schema's: {'; '.join(problems)};"
            " log the model with an input example that has its columns"
        )
