"""The fast path of `/invocations`: reads common bodies directly to the schema's types.

In a common body each row has exactly the schema's columns, with values of their types. MLflow reads
such a body as Baton does, and this path is twice as fast as dictionaries. A null in an optional
column of fractions is also common: it is NaN in each form. All other bodies take the slow path,
whose readers reproduce MLflow.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, Raw, UnsetType

from baton_engine.tables.transpose import Rows, Transposer
from baton_inference.protocols.bodies.cells import build_json_type
from baton_inference.protocols.predict.row_forms import build_row_struct
from baton_inference.scoring.batch import Batch, ColumnBatch, RowBatch
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
    """How to read rows whose values have one order.

    Attributes:
        decoder: decodes the rows.
        sort: puts the values of a row into the schema's order; None if they are in it.
    """

    decoder: msgspec.json.Decoder[list[tuple[Any, ...]]]
    sort: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None


class TypedJson:
    """Reads the bodies of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._max_rows = max_rows
        columns = [
            column if column.type in _TYPES_WITH_NAN else replace(column, required=True)
            for column in schema.columns
        ]
        self._columns = {column.name: column for column in columns}
        # MLflow rounds them to 32 bits, whatever the model takes. The engine does not round rows.
        needs_columns = any(column.type == "float" for column in columns)
        self._transposer = Transposer(columns, {}) if needs_columns else None
        self._orders: dict[tuple[str, ...], _Order] = {}
        self._body = _build_decoder(columns)

    def read(self, body: bytes) -> Batch | None:
        """Returns the rows of the body; None for the slow path."""
        if self._body is None or _ESCAPED_NUL in body:
            return None
        try:
            document = self._body.decode(body)
            forms = [form for form in msgspec.structs.astuple(document) if form is not UNSET]
            if len(forms) != 1:
                return None
            (form,) = forms
            rows = self._read_split(form) if isinstance(form, Split) else _read_structs(form)
        except _READ_ERRORS:
            return None
        if rows is None or not 0 < len(rows) <= self._max_rows:
            return None
        if self._transposer is None:
            return RowBatch(len(rows), rows)
        columns = self._transposer.transpose(rows)
        return ColumnBatch(len(rows), {name: each.reshape(-1) for name, each in columns.items()})

    def _read_split(self, split: Split) -> Rows | None:
        order = self._get_order(tuple(split.columns))
        if order is None:
            return None
        rows = order.decoder.decode(split.data)
        return rows if order.sort is None else [*map(order.sort, rows)]

    def _get_order(self, names: tuple[str, ...]) -> _Order | None:
        known = self._orders.get(names)
        if known is not None:
            return known
        if len(names) != len(self._columns) or {*names} != self._columns.keys():
            return None
        types = tuple(build_json_type(self._columns[name]) for name in names)
        decoder = msgspec.json.Decoder(list[tuple[types]])  # type: ignore[valid-type]
        is_sorted = names == (*self._columns,)
        sort = None if is_sorted else itemgetter(*map(names.index, self._columns))
        if len(self._orders) >= MAX_ORDERS:
            self._orders.clear()
        self._orders[names] = order = _Order(decoder, sort)
        return order


def _read_structs(rows: Sequence[Any]) -> Rows:
    return [*map(msgspec.structs.astuple, rows)]


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
