"""The fast path of `/invocations`: reads common bodies directly to the schema's types.

In a common body each row has exactly the schema's columns, with values of their types. MLflow reads
such a body as Baton does, and this path is twice as fast as dictionaries. A null in an optional
column of fractions is also common: it is NaN in each form. All other bodies take the slow path,
whose readers reproduce MLflow.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows, Transposer
from baton_inference.protocols.bodies.cells import build_json_type
from baton_inference.protocols.predict.row_forms import build_row_struct
from baton_registry.versions.schema import Column, Schema

MAX_ORDERS = 16
"""The orders of columns in `dataframe_split` that are kept. Each caller has one order."""

_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_TYPES_WITH_NAN = frozenset({"float", "double"})
_ESCAPED_NUL = rb"\u0000"
"""numpy drops trailing NULs of texts, so such bodies take the slow path."""


class Split(msgspec.Struct, forbid_unknown_fields=True):
    """`dataframe_split` without an index."""

    columns: list[str]
    data: Raw


class _Order(NamedTuple):
    """The decoder and transposer of rows whose values have one order."""

    decoder: msgspec.json.Decoder[list[tuple[Any, ...]]]
    transposer: Transposer


class TypedJson:
    """Reads the bodies of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._max_rows = max_rows
        columns = [
            column if column.type in _TYPES_WITH_NAN else replace(column, required=True)
            for column in schema.columns
        ]
        self._columns = {column.name: column for column in columns}
        self._by_name = Transposer(columns, {})
        self._orders: dict[tuple[str, ...], _Order] = {}
        self._body = _build_decoder(columns)

    def read(self, body: bytes) -> tuple[int, Mapping[str, Array]] | None:
        """Returns the number of rows and each column, shape `[rows]`; None for the slow path."""
        if self._body is None or _ESCAPED_NUL in body:
            return None
        try:
            document = self._body.decode(body)
            forms = [form for form in msgspec.structs.astuple(document) if form is not UNSET]
            if len(forms) != 1:
                return None
            (form,) = forms
            return self._read_split(form) if isinstance(form, Split) else self._read_rows(form)
        except _READ_ERRORS:
            return None

    def _read_rows(self, instances: Sequence[Any]) -> tuple[int, Mapping[str, Array]] | None:
        return self._transpose([*map(msgspec.structs.astuple, instances)], self._by_name)

    def _read_split(self, split: Split) -> tuple[int, Mapping[str, Array]] | None:
        order = self._get_order(tuple(split.columns))
        if order is None:
            return None
        return self._transpose(order.decoder.decode(split.data), order.transposer)

    def _transpose(
        self, rows: Rows, transposer: Transposer
    ) -> tuple[int, Mapping[str, Array]] | None:
        if not 0 < len(rows) <= self._max_rows:
            return None
        columns = transposer.transpose(rows)
        return len(rows), {name: column.reshape(-1) for name, column in columns.items()}

    def _get_order(self, names: tuple[str, ...]) -> _Order | None:
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


def _build_decoder(columns: Sequence[Column]) -> msgspec.json.Decoder[Any] | None:
    row = build_row_struct(columns, complete=True)
    if row is None or any(column.type == "datetime" for column in columns):
        return None  # the slow path reads datetimes as MLflow does
    rows: Any = list[row] | UnsetType  # type: ignore[valid-type]
    fields = [
        ("instances", rows, UNSET),
        ("dataframe_records", rows, UNSET),
        ("dataframe_split", Split | UnsetType, UNSET),
    ]
    return msgspec.json.Decoder(msgspec.defstruct("TypedBody", fields, forbid_unknown_fields=True))
