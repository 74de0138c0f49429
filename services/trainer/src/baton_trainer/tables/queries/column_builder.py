"""Builds a typed column from the values that a database driver returns."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from arro3.core import Array, ChunkedArray, DataType

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - of values without a time zone
_EPOCH_UTC = _EPOCH.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEAST, _MOST = -(2**63), 2**63 - 1


class _Kind(NamedTuple):
    """A kind of values.

    Attributes:
        name: in messages.
        stored: the Arrow type that the values are given to arro3 in.
        final: the Arrow type of the column.
        convert: turns a value into one of `stored`.
    """

    name: str
    stored: DataType
    final: DataType
    convert: Callable[[Any], Any]


_BOOLEAN = _Kind("boolean", DataType.bool(), DataType.bool(), bool)
_WHOLE = _Kind("whole number", DataType.int64(), DataType.int64(), int)
_NUMBER = _Kind("number", DataType.float64(), DataType.float64(), float)
_TEXT = _Kind("text", DataType.utf8(), DataType.utf8(), str)
_DATE = _Kind(
    "date", DataType.int32(), DataType.date32(), lambda value: (value - _EPOCH.date()).days
)
_DATETIME = _Kind(
    "datetime",
    DataType.int64(),
    DataType.timestamp("us"),
    lambda value: (value - _EPOCH) // _MICROSECOND,
)
_MOMENT = _Kind(
    "datetime with time zone",
    DataType.int64(),
    DataType.timestamp("us", tz="UTC"),
    lambda value: (value - _EPOCH_UTC) // _MICROSECOND,
)
_KINDS = {
    bool: _BOOLEAN,
    float: _NUMBER,
    Decimal: _NUMBER,
    str: _TEXT,
    UUID: _TEXT,
    time: _TEXT,
    date: _DATE,
}


class ColumnBuilder:
    """Collects the values of one column, part by part."""

    def __init__(self) -> None:
        self._parts: list[tuple[_Kind | None, Array]] = []
        self._obstacle = ""

    def add(self, values: Sequence[Any]) -> None:
        """Adds values; None is missing."""
        if self._obstacle:
            return
        kinds = {_find_kind(value) for value in values if value is not None}
        kind = _join(kinds)
        if isinstance(kind, str):
            self._obstacle = kind
            self._parts.clear()
            return
        if kind is None:  # any kind can follow
            self._parts.append((None, Array([None] * len(values), DataType.bool())))
            return
        stored = [None if value is None else kind.convert(value) for value in values]
        self._parts.append((kind, Array(stored, kind.stored)))

    def build(self) -> ChunkedArray | str:
        """Returns the column, or why its values cannot be cells."""
        if self._obstacle:
            return self._obstacle
        kind = _join({kind for kind, _ in self._parts if kind is not None})
        if isinstance(kind, str):
            return kind
        kind = kind or _TEXT
        arrays = [
            Array([None] * len(part), kind.stored).cast(kind.final)
            if each is None
            else part.cast(kind.final)
            for each, part in self._parts
        ]
        return ChunkedArray(arrays, kind.final)


def _find_kind(value: Any) -> _Kind | str:
    """Returns the kind of a value, or the name of its type if it cannot be a cell."""
    if isinstance(value, datetime):
        return _DATETIME if value.tzinfo is None else _MOMENT
    if type(value) is int:
        return _WHOLE if _LEAST <= value <= _MOST else _NUMBER
    return _KINDS.get(type(value), type(value).__name__)


def _join(kinds: set[_Kind | str]) -> _Kind | str | None:
    """Returns the kind that all values have, or why there is none; None without values."""
    if not kinds:
        return None
    unknown = sorted(each for each in kinds if isinstance(each, str))
    if unknown:
        return f"its cells are of the type {unknown[0]}; cast them to text or numbers in the query"
    if kinds <= {_WHOLE, _NUMBER}:
        return _NUMBER if _NUMBER in kinds else _WHOLE
    if len(kinds) > 1:
        names = " and ".join(sorted(each.name for each in kinds if not isinstance(each, str)))
        return f"its cells are of several types ({names}); cast them to one in the query"
    return next(iter(kinds))
