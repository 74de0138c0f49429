"""`{"instances": [{column: value, …}, …]}`, decoded by a decoder that the schema compiles to.

The fast path is one call of msgspec with a Struct type made from the columns; it stops at the first
oddity. Only then the slow path reads cell by cell: it alone decides what is refused, and names
every bad cell. What the fast path takes, the slow path takes, with the same values.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from baton_common.texts import truncate
from baton_engine.tables.cells import ABSENT, MAX_NAMED_CELLS, BadCell, CellError
from baton_engine.tables.transpose import Rows
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.cells import CellReader, build_json_type
from baton_inference.protocols.bodies.frame import check_rows
from baton_inference.protocols.bodies.json_errors import describe_json_error
from baton_inference.protocols.bodies.values import check_json_values, compute_max_values
from baton_registry.versions.schema import Column, Schema

T = TypeVar("T")

_OBJECT, _LIST = b"{"[0], b"["[0]
_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_object = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])


class InstancesDecoder:
    """Rows of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._columns = schema.columns
        self._max_rows = max_rows
        self._max_values = compute_max_values(len(schema.columns), max_rows)
        self._readers = {column.name: CellReader(column) for column in schema.columns}
        self._fast = _compile(schema)

    def decode(self, body: bytes) -> Rows:
        """The rows, values in the order of the columns. Raises as `Codec.decode` says."""
        rows = self.decode_fast(body)
        return self.decode_slowly(body) if rows is None else rows

    def decode_fast(self, body: bytes) -> Rows | None:
        """The rows, values in the order of the columns; None where anything is odd."""
        # An instance has a brace at least: so few braces cannot be too many rows, and the memory
        # that this step takes is bounded.
        if self._fast is None or body.count(b"{") > self._max_rows + 1:
            return None
        try:
            instances = self._fast.decode(body).instances
        except _READ_ERRORS:
            return None
        return [*map(msgspec.structs.astuple, instances)] or None

    def decode_slowly(self, body: bytes) -> Rows:
        """The rows, values in the order of the columns. Raises as `Codec.decode` says."""
        check_json_values(body, self._max_values)
        instances = _instances(body)
        check_rows(len(instances), self._max_rows)
        if not instances:
            raise InvalidRows("there are no instances")
        for number, instance in enumerate(instances):
            if memoryview(instance)[0] != _OBJECT:
                raise MalformedBody(f"instance {number} is not an object of columns and values")
        return self._rows(instances)

    def _rows(self, instances: Sequence[Raw]) -> Rows:
        rows: list[tuple[Any, ...]] = []
        bad: list[BadCell] = []
        for number, instance in enumerate(instances):
            rows.append(self._row(number, _read(_object, instance), bad))
            if len(bad) >= MAX_NAMED_CELLS:
                break
        if bad:
            raise InvalidRows(_summary(len(bad)), tuple(bad[:MAX_NAMED_CELLS]))
        return rows

    def _row(self, number: int, cells: dict[str, Raw], bad: list[BadCell]) -> tuple[Any, ...]:
        """The row's values; what is wrong with them is added to `bad`."""
        row: list[Any] = []
        for column in self._columns:
            cell = cells.pop(column.name, None)
            try:
                row.append(self._value(column.name, cell, required=column.required))
            except CellError as error:
                bad.append(BadCell(number, column.name, str(error)))
        for name in cells:
            bad.append(BadCell(number, truncate(name), "is not a column of the model"))
            if len(bad) >= MAX_NAMED_CELLS:
                break
        return tuple(row)

    def _value(self, name: str, cell: Raw | None, *, required: bool) -> Any:
        if cell is not None:
            return self._readers[name].read(cell)
        if required:
            raise CellError(ABSENT)
        return None


def build_row_struct(
    columns: Sequence[Column], *, whole: bool = False
) -> type[msgspec.Struct] | None:
    """A type that msgspec reads one row into; None where it cannot name a column.

    With `whole` a row has every column, and null is the only gap.
    """
    fields: list[Any] = []
    for number, column in enumerate(columns):
        default = () if whole or column.required else (None,)
        fields.append((f"c{number}", build_json_type(column), *default))
    names = {f"c{number}": column.name for number, column in enumerate(columns)}
    try:
        # gc=False: rows hold only scalars, so they need not be tracked.
        return msgspec.defstruct(
            "Row", fields, rename=names, forbid_unknown_fields=True, kw_only=True, gc=False
        )
    except ValueError:  # a quote, a backslash or a control character in a column's name
        return None


def _compile(schema: Schema) -> msgspec.json.Decoder[Any] | None:
    """The decoder of the fast path, where there can be one."""
    row = build_row_struct(schema.columns)
    if row is None:
        return None
    body = msgspec.defstruct("Body", [("instances", list[row])], forbid_unknown_fields=True)  # type: ignore[valid-type]
    return msgspec.json.Decoder(body)


def _instances(body: bytes) -> list[Raw]:
    """The instances as JSON texts, each without white space around it."""
    try:
        body.decode()  # msgspec does not look into text that it only passes on as `Raw`
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    document = _read(_object, body)
    for name in document:
        if name != "instances":
            raise MalformedBody(f"unknown key {truncate(name)!r}; known is 'instances'")
    if "instances" not in document:
        raise MalformedBody("the key 'instances' is missing")
    if memoryview(document["instances"])[0] != _LIST:
        raise MalformedBody("'instances' is not a list")
    return _read(_list, document["instances"])


def _read(decoder: msgspec.json.Decoder[T], text: bytes | Raw) -> T:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise MalformedBody("the body is not a JSON object") from error
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(describe_json_error(text, error)) from error


def _summary(count: int) -> str:
    if count >= MAX_NAMED_CELLS:
        return f"{MAX_NAMED_CELLS} or more cells are not allowed by the model's schema"
    cells = "1 cell is" if count == 1 else f"{count} cells are"
    return f"{cells} not allowed by the model's schema"
