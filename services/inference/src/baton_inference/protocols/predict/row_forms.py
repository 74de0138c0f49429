"""The two forms of an instance: an object of named cells, or a list of the numbers of a matrix."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import Raw

from baton_engine.tables.text.datetimes import parse_datetime
from baton_engine.tables.transpose import Rows
from baton_inference.protocols.bodies.cells import build_json_type
from baton_registry.versions.schema import Column, Schema

_object = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])


@dataclass(frozen=True)
class RowForm:
    """How a request writes a row.

    Attributes:
        opening: the first byte of its JSON.
        words: the form in words, for messages.
        type: msgspec's type of the row, for the fast path; None if msgspec does not support a
            column's name.
        to_rows: converts values of this type to rows with values in column order. Raises
            `CellError` for a text that is not a datetime, which the type does not check.
        read_cells: reads the JSON of each cell, by column. Raises the errors of msgspec.
    """

    opening: bytes
    words: str
    type: Any
    to_rows: Callable[[Sequence[Any]], Rows]
    read_cells: Callable[[Raw], dict[str, Raw]]


def build_row_form(schema: Schema) -> RowForm:
    """Returns the form of a schema's rows."""
    if schema.is_matrix:
        types = tuple(map(build_json_type, schema.columns))
        row: Any = tuple[types]  # type: ignore[valid-type]
        return RowForm(b"[", "a list of numbers", row, lambda rows: rows, _read_list)
    struct = build_row_struct(schema.columns)
    to_rows = _compile_check(schema) or _to_tuples
    return RowForm(b"{", "an object of columns and values", struct, to_rows, _object.decode)


def build_row_struct(
    columns: Sequence[Column], *, complete: bool = False
) -> type[msgspec.Struct] | None:
    """Builds msgspec's type of an object; None if msgspec does not support a column's name.

    With `complete`, a row must have every column, and only null is a missing value.
    """
    fields: list[Any] = []
    for number, column in enumerate(columns):
        default = () if complete or column.required else (None,)
        fields.append((f"c{number}", build_json_type(column), *default))
    names = {f"c{number}": column.name for number, column in enumerate(columns)}
    try:
        # gc=False: rows have only scalars, so the garbage collector need not track them.
        return msgspec.defstruct(
            "Row", fields, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False
        )
    except ValueError:  # a quote, a backslash or a control character in a column's name
        return None


def _to_tuples(structs: Sequence[Any]) -> Rows:
    return [*map(msgspec.structs.astuple, structs)]


def _compile_check(schema: Schema) -> Callable[[Sequence[Any]], Rows] | None:
    """Compiles `to_rows` with a check of the datetimes; None if there are none."""
    indices = [at for at, column in enumerate(schema.columns) if column.type == "datetime"]
    if not indices:
        return None

    def to_checked_tuples(structs: Sequence[Any]) -> Rows:
        rows = _to_tuples(structs)
        for row in rows:
            for index in indices:
                if row[index] is not None:
                    parse_datetime(row[index])
        return rows

    return to_checked_tuples


def _read_list(text: Raw) -> dict[str, Raw]:
    """Reads the cells of a list. A matrix calls its columns `0`, `1`, …."""
    return {str(number): cell for number, cell in enumerate(_list.decode(text))}
