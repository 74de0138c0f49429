"""One cell of a request: the JSON values that a column allows, and messages for all others.

`build_json_type` states the rule as a type for msgspec. The fast path compiles a row type from it.
The slow path reads cell by cell with the same types, so both paths accept the same values.
"""

import math
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from baton_engine.tables.cells import CellError
from baton_engine.tables.column_types import COLUMN_TYPES, ColumnType
from baton_registry.versions.schema import Column

_FOUND = {"t": "a boolean", "f": "a boolean", "n": "null", '"': "text", "{": "an object"}
_IS_NUMBER = frozenset("-0123456789")


def _json_type(kind: ColumnType) -> Any:
    if kind.python not in (int, float) or kind.name == "double":  # msgspec knows these limits
        return kind.python
    least, greatest = kind.limits
    return Annotated[kind.python, Meta(ge=least, le=greatest)]


_TYPES = {name: _json_type(kind) for name, kind in COLUMN_TYPES.items()}


def build_json_type(column: Column) -> Any:
    """The type of the column's values for msgspec; an optional column also takes null."""
    kind = _TYPES[column.type]
    return kind if column.required else kind | None


class CellReader:
    """Reads the cells of one column from their JSON text."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._decoder = msgspec.json.Decoder(build_json_type(column))

    def read(self, cell: msgspec.Raw) -> Any:
        """The cell's value; None means missing.

        Raises:
            CellError: the column does not allow it.
            msgspec.DecodeError: the text is not JSON.
        """
        try:
            return self._decoder.decode(cell)
        except msgspec.ValidationError:
            return self._second_look(bytes(cell).decode())

    def _second_look(self, text: str) -> Any:
        """A whole number that is written as a fraction, e.g. `1.0`; else what is wrong."""
        wanted = COLUMN_TYPES[self._column.type].words
        if text == "null":
            raise CellError(f"must be {wanted}; the column is required, null is not allowed")
        if text[0] not in _IS_NUMBER:
            raise CellError(f"must be {wanted}, not {_FOUND.get(text[0], 'an array')}")
        if self._column.type in ("boolean", "string"):
            raise CellError(f"must be {wanted}, not a number")
        if COLUMN_TYPES[self._column.type].is_whole and not text.lstrip("-").isdigit():
            return self._whole(float(text))
        raise CellError(f"is beyond the range of the column's type, {self._column.type}")

    def _whole(self, number: float) -> int:
        least, greatest = COLUMN_TYPES[self._column.type].limits
        if not math.isfinite(number) or not least <= number <= greatest:
            raise CellError(f"is beyond the range of the column's type, {self._column.type}")
        if not number.is_integer():
            raise CellError("must be a whole number, not a fraction")
        return int(number)
