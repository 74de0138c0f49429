"""One cell of a request: the JSON values that a column allows, and messages for all others.

`build_json_type` states the rule as a type for msgspec. The fast path compiles a row type from it.
The slow path reads cell by cell with the same types, so both paths accept the same values.
"""

import math
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from baton_engine.tables.cell_errors import CellError
from baton_engine.tables.cell_messages import FRACTION_MESSAGE, format_range_message
from baton_engine.tables.column_types import COLUMN_TYPES, ColumnType
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.text.datetimes import parse_datetime
from baton_registry.versions.schema import Column

_KINDS = {"t": "a boolean", "f": "a boolean", "n": "null", '"': "text", "{": "an object"}
"""What a JSON text is, by its first character."""
_NUMBER_STARTS = frozenset("-0123456789")


def _build_type(kind: ColumnType) -> Any:
    if kind.python not in (int, float) or kind.name == "double":  # msgspec has these limits
        return kind.python
    least, greatest = kind.limits
    return Annotated[kind.python, Meta(ge=least, le=greatest)]


_TYPES = {name: _build_type(kind) for name, kind in COLUMN_TYPES.items()}


def build_json_type(column: Column) -> Any:
    """Returns msgspec's type for the values of a column. An optional column allows null, too."""
    kind = _TYPES[column.type]
    return kind if column.required else kind | None


def cast_datetime_cells(column: Column, values: Sequence[str | None]) -> Array:
    """Casts texts, or None in an optional column, to a datetime column. Raises `CellError`."""
    for value in values:
        if value is not None:
            parse_datetime(value)
    return to_array(column, values)


class CellReader:
    """Reads the cells of one column from their JSON text."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._decoder = msgspec.json.Decoder(build_json_type(column))

        self._is_datetime = column.type == "datetime"

    def read(self, cell: msgspec.Raw) -> Any:
        """Returns the cell's value; None means missing.

        Raises:
            CellError: the column does not allow the value.
            msgspec.DecodeError: the text is not JSON.
        """
        try:
            value = self._decoder.decode(cell)
        except msgspec.ValidationError:
            return self._read_rejected(bytes(cell).decode())
        if self._is_datetime and value is not None:
            parse_datetime(value)
        return value

    def _read_rejected(self, text: str) -> Any:
        """Reads a whole number that is written as a fraction, e.g. `1.0`; rejects all else."""
        expected = COLUMN_TYPES[self._column.type].words
        if text == "null":
            raise CellError(f"must be {expected}; the column is required, null is not allowed")
        if text[0] not in _NUMBER_STARTS:
            kind = _KINDS.get(text[0], "an array")
            raise CellError(f"must be {expected}, not {kind}")
        if COLUMN_TYPES[self._column.type].python in (bool, str):
            raise CellError(f"must be {expected}, not a number")
        if COLUMN_TYPES[self._column.type].is_integer and not text.lstrip("-").isdigit():
            return self._to_integer(float(text))
        raise CellError(format_range_message(self._column.type))

    def _to_integer(self, number: float) -> int:
        least, greatest = COLUMN_TYPES[self._column.type].limits
        if not math.isfinite(number) or not least <= number <= greatest:
            raise CellError(format_range_message(self._column.type))
        if not number.is_integer():
            raise CellError(FRACTION_MESSAGE)
        return int(number)
