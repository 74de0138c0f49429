"""Decodes `{"instances": [{column: value, …}, …]}` with a decoder compiled from the schema.

The instances of a matrix are lists of numbers. The fast path is one call of msgspec with a type
built from the columns. It gives up at the first value that is not of its column's type. The slow
path then reads cell by cell; it alone rejects a request, and names every bad cell. The slow path
accepts every body that the fast path accepts, with the same values.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from baton_common.texts import truncate
from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, CellError
from baton_engine.tables.cell_messages import ABSENT_MESSAGE
from baton_engine.tables.transpose import Rows
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.cells import CellReader
from baton_inference.protocols.bodies.frame import check_rows
from baton_inference.protocols.bodies.json_errors import describe_json_error
from baton_inference.protocols.bodies.values import check_json_values, compute_max_values
from baton_inference.protocols.predict.row_forms import RowForm, build_row_form
from baton_registry.versions.schema import Schema

T = TypeVar("T")

_LIST = b"["[0]
_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, CellError)
_object = msgspec.json.Decoder(dict[str, Raw])
_list = msgspec.json.Decoder(list[Raw])


class InstancesDecoder:
    """Decodes the rows of one schema. Safe to use from several threads."""

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._columns = schema.columns
        self._max_rows = max_rows
        self._max_values = compute_max_values(len(schema.columns), max_rows)
        self._readers = {column.name: CellReader(column) for column in schema.columns}
        self._form = form = build_row_form(schema)
        self._opening, self._to_rows = form.opening, form.to_rows
        self._fast = _compile(form)

    def decode(self, body: bytes) -> Rows:
        """Returns rows with values in column order. Raises the errors of `Codec.decode`."""
        rows = self.decode_fast(body)
        return self.decode_slowly(body) if rows is None else rows

    def decode_fast(self, body: bytes) -> Rows | None:
        """Returns rows with values in column order; None if the slow path must decide."""
        # Each instance has an opening. A limit on them bounds the rows, and so the memory.
        if self._fast is None or body.count(self._opening) > self._max_rows + 1:
            return None
        try:
            return self._to_rows(self._fast.decode(body).instances) or None
        except _READ_ERRORS:
            return None

    def decode_slowly(self, body: bytes) -> Rows:
        """Returns rows with values in column order. Raises the errors of `Codec.decode`."""
        check_json_values(body, self._max_values)
        instances = _read_instances(body)
        check_rows(len(instances), self._max_rows)
        if not instances:
            raise InvalidRows("the body has no instances")
        for number, instance in enumerate(instances):
            if memoryview(instance)[:1] != self._opening:
                raise MalformedBody(f"instance {number} is not {self._form.words}")
        return self._read_rows(instances)

    def _read_rows(self, instances: Sequence[Raw]) -> Rows:
        rows: list[tuple[Any, ...]] = []
        bad: list[BadCell] = []
        for number, instance in enumerate(instances):
            rows.append(self._read_row(number, _read(self._form.read_cells, instance), bad))
            if len(bad) >= MAX_NAMED_CELLS:
                break
        if bad:
            raise InvalidRows(_summarize(len(bad)), tuple(bad[:MAX_NAMED_CELLS]))
        return rows

    def _read_row(self, number: int, cells: dict[str, Raw], bad: list[BadCell]) -> tuple[Any, ...]:
        """Returns the row's values. Adds its bad cells to `bad`."""
        row: list[Any] = []
        for column in self._columns:
            cell = cells.pop(column.name, None)
            try:
                row.append(self._read_value(column.name, cell, required=column.required))
            except CellError as error:
                bad.append(BadCell(number, column.name, str(error)))
        for name in cells:
            bad.append(BadCell(number, truncate(name), "is not a column of the model"))
            if len(bad) >= MAX_NAMED_CELLS:
                break
        return tuple(row)

    def _read_value(self, name: str, cell: Raw | None, *, required: bool) -> Any:
        if cell is not None:
            return self._readers[name].read(cell)
        if required:
            raise CellError(ABSENT_MESSAGE)
        return None


def _compile(form: RowForm) -> msgspec.json.Decoder[Any] | None:
    """Compiles the decoder of the fast path; None if it does not support the rows."""
    if form.type is None:
        return None
    instances: Any = list[form.type]  # type: ignore[name-defined]
    body = msgspec.defstruct("Body", [("instances", instances)], forbid_unknown_fields=True)
    return msgspec.json.Decoder(body)


def _read_instances(body: bytes) -> list[Raw]:
    """Returns the JSON text of each instance, without surrounding white space."""
    try:
        body.decode()  # msgspec does not check the text of a `Raw`
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    document = _read(_object.decode, body)
    for name in document:
        if name != "instances":
            raise MalformedBody(f"unknown key {truncate(name)!r}; the only key is 'instances'")
    if "instances" not in document:
        raise MalformedBody("the key 'instances' is missing")
    if memoryview(document["instances"])[0] != _LIST:
        raise MalformedBody("'instances' is not a list")
    return _read(_list.decode, document["instances"])


def _read(decode: Callable[[Any], T], text: bytes | Raw) -> T:
    try:
        return decode(text)
    except msgspec.ValidationError as error:
        raise MalformedBody("the body is not a JSON object") from error
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedBody(describe_json_error(text, error)) from error


def _summarize(count: int) -> str:
    if count >= MAX_NAMED_CELLS:
        return f"{MAX_NAMED_CELLS} or more cells are not allowed by the model's schema"
    cells = "1 cell is" if count == 1 else f"{count} cells are"
    return f"{cells} not allowed by the model's schema"
