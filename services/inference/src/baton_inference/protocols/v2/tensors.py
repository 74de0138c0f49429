"""Decodes a V2 tensor to a column: values in JSON or as bytes, checked by the column's type."""

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any

import msgspec
import numpy as np
from msgspec import Raw

from baton_common.texts import truncate
from baton_engine.tables.casts import cast_column
from baton_engine.tables.cell_errors import MAX_NAMED_CELLS, BadCell, BadCells, CellError
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array, to_array
from baton_engine.tables.numbers import cast_numbers
from baton_inference.errors import MalformedBody
from baton_inference.protocols.bodies.cells import CellReader, build_json_type, cast_datetime_cells
from baton_inference.protocols.v2.request import DATA_RULE, Data, Tensor
from baton_registry.versions.schema import Column

_LENGTH = struct.Struct("<I")
NUMBERS = {
    **{f"INT{bits}": np.dtype(f"<i{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"UINT{bits}": np.dtype(f"<u{bits // 8}") for bits in (8, 16, 32, 64)},
    **{f"FP{bits}": np.dtype(f"<f{bits // 8}") for bits in (16, 32, 64)},
}
"""The numpy type of each datatype of numbers, in the byte order of binary data."""
_DATATYPES = {"BOOL", "BYTES", "BF16", *NUMBERS}
_LIST = b"["[0]
_READ_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_rows = msgspec.json.Decoder(list[Raw])


class TensorDecoder:
    """Decodes the tensors of one column. Safe to use from several threads."""

    def __init__(self, column: Column, *, width: int = 1) -> None:
        """Compiles the decoder. `width` is the length of rows if the data is a list of rows."""
        self._column = column
        self._reader = CellReader(column)
        self._width = width
        build = _build_datetimes if column.type == "datetime" else to_array
        self._to_array: Callable[[Sequence[Any]], Array] = partial(build, column)
        cell_type = build_json_type(column)
        self._fast: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[cell_type])  # type: ignore[valid-type]
        row: Any = tuple[(cell_type,) * width]  # type: ignore[misc]
        self._fast_rows: msgspec.json.Decoder[list[Any]] = msgspec.json.Decoder(list[row])

    def decode(self, tensor: Tensor, data: Data | None, rows: int) -> Array:
        """Decodes a tensor to a column.

        Args:
            tensor: its description, with its data if that is JSON.
            data: its data if that is not JSON.
            rows: the number of its values.

        Raises:
            MalformedBody: the data does not have the tensor's shape and datatype.
            BadCells: the column does not allow a value.
        """
        self._check_datatype(tensor.datatype)
        if data is None:
            return self._to_array(self._decode_json(tensor, rows))
        if not isinstance(data, memoryview):
            return self._decode_values(data, rows)
        if tensor.datatype == "BYTES":
            return self._to_array([*_unpack_texts(data, rows)])
        return self._decode_binary(tensor.datatype, data, rows)

    def _check_datatype(self, datatype: str) -> None:
        kind = COLUMN_TYPES[self._column.type]
        own = kind.v2
        if datatype not in _DATATYPES:
            raise MalformedBody(f"unknown datatype {truncate(datatype)!r}; send {own}")
        if datatype != own and (own in ("BOOL", "BYTES") or datatype not in NUMBERS):
            message = f"must be {kind.words}: a tensor of {own}, not {datatype}"
            raise BadCells((BadCell(0, self._column.name, message),))

    def _decode_json(self, tensor: Tensor, rows: int) -> Sequence[Any]:
        if not isinstance(tensor.data, Raw):
            raise MalformedBody(f"the tensor {truncate(tensor.name)!r} has no data; {DATA_RULE}")
        try:
            values: Sequence[Any] = self._fast.decode(tensor.data)
        except _READ_ERRORS:
            values = self._decode_rows(tensor.data)
        self._check_count(len(values), rows)
        return values

    def _check_count(self, values: int, rows: int) -> None:
        if values != rows:
            raise MalformedBody(
                f"the tensor {truncate(self._column.name)!r} has {values} values, but its shape"
                f" requires {rows}"
            )

    def _decode_values(self, values: Sequence[bytes] | Array, rows: int) -> Array:
        """Decodes texts or numbers that are no longer in one piece."""
        self._check_count(len(values), rows)
        if not isinstance(values, np.ndarray):
            return self._to_array([decode_text(value) for value in values])
        return values if values.dtype == np.bool_ else cast_numbers(self._column, values)

    def _decode_rows(self, data: Raw) -> Sequence[Any]:
        """Decodes data that is a list of rows."""
        try:
            return [*chain.from_iterable(self._fast_rows.decode(data))]
        except _READ_ERRORS:
            return self._decode_slowly(data)

    def _decode_slowly(self, data: Raw) -> Sequence[Any]:
        """Decodes value by value, for data with bad cells."""
        values: list[Any] = []
        bad: list[BadCell] = []
        try:
            for row, cell in enumerate(_iter_cells(data, self._width)):
                try:
                    values.append(self._reader.read(cell))
                except CellError as error:
                    bad.append(BadCell(row, self._column.name, str(error)))
        except _READ_ERRORS as error:
            raise MalformedBody(
                f"the data of {self._column.name!r} must be a list of values"
            ) from error
        if bad:
            raise BadCells(tuple(bad[:MAX_NAMED_CELLS]))
        return values

    def _decode_binary(self, datatype: str, binary: memoryview, rows: int) -> Array:
        dtype = np.dtype(np.bool_) if datatype == "BOOL" else NUMBERS[datatype]
        if len(binary) != rows * dtype.itemsize:
            raise MalformedBody(
                f"the tensor {self._column.name!r} has {len(binary)} bytes, but its shape"
                f" requires {rows * dtype.itemsize}"
            )
        if datatype == "BOOL":
            return np.frombuffer(binary, np.uint8).astype(np.bool_)
        values = np.frombuffer(binary, dtype)
        return cast_numbers(self._column, values)


def _build_datetimes(column: Column, values: Sequence[str | None]) -> Array:
    """Builds the array of a datetime column. Raises `BadCells`."""
    return cast_column(column, values, cast_datetime_cells)


def read_row_count(tensor: Tensor) -> int:
    """Returns the number of rows in a tensor's shape.

    Raises:
        MalformedBody: the shape is neither `[n]` nor `[n, 1]`.
    """
    shape = tensor.shape
    if not shape or shape[1:] not in ([], [1]) or shape[0] < 0:
        raise MalformedBody(f"the shape of {truncate(tensor.name)!r} must be [n] or [n, 1]")
    return shape[0]


def pack_texts(texts: Sequence[str]) -> bytes:
    """Encodes the binary data of a BYTES tensor: each text's length, then its bytes."""
    encoded = [text.encode() for text in texts]
    return b"".join(_LENGTH.pack(len(text)) + text for text in encoded)


def decode_text(text: bytes | memoryview) -> str:
    """Decodes a value of a BYTES tensor. Raises `MalformedBody` if it is not UTF-8."""
    try:
        return str(text, "utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("a BYTES tensor has a text that is not UTF-8") from error


def _unpack_texts(binary: memoryview, rows: int) -> Iterator[str]:
    """Yields the texts of a BYTES tensor."""
    start = 0
    for _ in range(rows):
        end = start + _LENGTH.size
        if end > len(binary):
            raise MalformedBody("a BYTES tensor has fewer texts than its shape requires")
        (length,) = _LENGTH.unpack(binary[start:end])
        start = end + length
        if start > len(binary):
            raise MalformedBody("a BYTES tensor is truncated; send each text after its length")
        yield decode_text(binary[end:start])
    if start != len(binary):
        raise MalformedBody("a BYTES tensor has more texts than its shape requires")


def _iter_cells(data: Raw, width: int) -> Iterator[Raw]:
    """Yields the values in row-major order. Each row may be a list."""
    for number, cell in enumerate(_rows.decode(data)):
        if memoryview(cell)[0] != _LIST:
            yield cell
            continue
        row = _rows.decode(cell)
        if len(row) != width:
            raise MalformedBody(f"row {number} of a tensor has {len(row)} values, not {width}")
        yield from row
