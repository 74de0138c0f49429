"""The usual bodies of `/invocations`, read straight to the schema's types.

A body of rows that have every column, no other, and values of its type means the same to MLflow as
to us, and is read twice as fast as by way of dictionaries; so does a null in an optional column of
fractions, which is NaN in each form. Whatever else is odd is left to the readers that know what
MLflow makes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_inference.protocols.bodies.cells import build_json_type
from baton_inference.protocols.predict.instances import build_row_struct
from baton_registry.versions.schema import Column, Schema

MAX_ORDERS = 16
"""Orders of columns in `dataframe_split` that are remembered: callers have one each."""

_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_TYPES_WITH_NAN = frozenset({"float", "double"})
_ESCAPED_NUL = rb"\u0000"
"""numpy's texts end before trailing NULs: not a matter for the short way."""


class Split(msgspec.Struct, forbid_unknown_fields=True):
    """`dataframe_split` without an index."""

    columns: list[str]
    data: Raw


class _Order(NamedTuple):
    """How rows are read whose values come in one order."""

    decoder: msgspec.json.Decoder[list[tuple[Any, ...]]]
    transposer: Transposer


class TypedJson:
    """Bodies of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._max_rows = max_rows
        columns = [
            column if column.type in _TYPES_WITH_NAN else replace(column, required=True)
            for column in schema.columns
        ]
        self._columns = {column.name: column for column in columns}
        self._by_name = Transposer(columns, {})
        self._orders: dict[tuple[str, ...], _Order] = {}
        self._body = _body_decoder(columns)

    def read(self, body: bytes) -> tuple[int, Mapping[str, Array]] | None:
        """The number of rows and each column, shape `[rows]`; None where anything is odd."""
        if self._body is None or _ESCAPED_NUL in body:
            return None
        try:
            document = self._body.decode(body)
            forms = [form for form in msgspec.structs.astuple(document) if form is not UNSET]
            if len(forms) != 1:
                return None
            return self._split(forms[0]) if isinstance(forms[0], Split) else self._rows(forms[0])
        except _READ_ERRORS:
            return None

    def _rows(self, instances: Sequence[Any]) -> tuple[int, Mapping[str, Array]] | None:
        return self._columns_of([*map(msgspec.structs.astuple, instances)], self._by_name)

    def _split(self, split: Split) -> tuple[int, Mapping[str, Array]] | None:
        order = self._order(tuple(split.columns))
        if order is None:
            return None
        return self._columns_of(order.decoder.decode(split.data), order.transposer)

    def _columns_of(
        self, rows: Rows, transposer: Transposer
    ) -> tuple[int, Mapping[str, Array]] | None:
        if not 0 < len(rows) <= self._max_rows:
            return None
        columns = transposer.transpose(rows)
        return len(rows), {name: column.reshape(-1) for name, column in columns.items()}

    def _order(self, names: tuple[str, ...]) -> _Order | None:
        known = self._orders.get(names)
        if known is not None:
            return known
        if len(names) != len(self._columns) or {*names} != self._columns.keys():
            return None
        columns = [self._columns[name] for name in names]
        types = tuple(build_json_type(column) for column in columns)
        decoder = msgspec.json.Decoder(list[tuple[types]])  # type: ignore[valid-type]
        if len(self._orders) >= MAX_ORDERS:
            self._orders.clear()
        self._orders[names] = order = _Order(decoder, Transposer(columns, {}))
        return order


def _body_decoder(columns: Sequence[Column]) -> msgspec.json.Decoder[Any] | None:
    row = build_row_struct(columns, whole=True)
    if row is None:
        return None
    rows: Any = list[row] | UnsetType  # type: ignore[valid-type]
    fields = [
        ("instances", rows, UNSET),
        ("dataframe_records", rows, UNSET),
        ("dataframe_split", Split | UnsetType, UNSET),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("TypedBody", fields, forbid_unknown_fields=True))
