"""A model's inputs as V2's input tensors: one for each column, or one for a matrix."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from baton_common.texts import truncate
from baton_engine.tables.cell_errors import BadCell, BadCells
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_engine.tables.columns import Array
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import build_missing_column, check_rows, read_columns
from baton_inference.protocols.v2.request import Data, InferRequest, Tensor, get_data
from baton_inference.protocols.v2.tensors import TensorDecoder, read_row_count
from baton_registry.versions.schema import Column, Schema

MATRIX_INPUT = "input"
"""The name of a matrix, unless its tensor has a name in the model's schema."""


class Table(NamedTuple):
    """The rows of a request.

    Attributes:
        rows: the number of rows, at least 1.
        columns: each column of the schema, shape `[rows]`.
    """

    rows: int
    columns: Mapping[str, Array]


class Inputs(Protocol):
    """Reads the inputs of one schema. Safe to use from several threads."""

    def read(self, request: InferRequest, data: memoryview | Mapping[str, Data]) -> Table:
        """Reads the tensors of a request. Raises errors of `Codec.decode`.

        Args:
            request: the tensors.
            data: the data that is not JSON: in one piece, or by tensor.
        """
        ...

    def describe(self) -> list[dict[str, Any]]:
        """Describes the inputs in V2's metadata format."""
        ...


def compile_inputs(schema: Schema, *, max_rows: int) -> Inputs:
    """Returns the reader of a schema's inputs."""
    kind = _MatrixInput if schema.is_matrix else _ColumnInputs
    return kind(schema, max_rows)


def describe_inputs(schema: Schema) -> list[dict[str, Any]]:
    """Describes the inputs in V2's metadata format."""
    return compile_inputs(schema, max_rows=0).describe()


class _ColumnInputs:
    """A tensor for each column, shape `[n]` or `[n, 1]`."""

    def __init__(self, schema: Schema, max_rows: int) -> None:
        self._schema = schema
        self._decoders = {column.name: TensorDecoder(column) for column in schema.columns}
        self._max_rows = max_rows

    def read(self, request: InferRequest, data: memoryview | Mapping[str, Data]) -> Table:
        tensors = self._get_tensors(request)
        rows = _check_count(_count_rows(request), self._max_rows)
        pieces = get_data(request, data)

        def read(column: Column) -> Array:
            tensor = tensors.get(column.name)
            if tensor is not None:
                decoder = self._decoders[column.name]
                return decoder.decode(tensor, pieces.get(column.name), rows)
            return build_missing_column(column, rows)

        return Table(rows, read_columns(self._schema, read))

    def describe(self) -> list[dict[str, Any]]:
        return [
            {"name": column.name, "datatype": COLUMN_TYPES[column.type].v2, "shape": [-1]}
            for column in self._schema.columns
        ]

    def _get_tensors(self, request: InferRequest) -> dict[str, Tensor]:
        """Returns the tensors by name."""
        tensors: dict[str, Tensor] = {}
        for tensor in request.inputs:
            if tensor.name in tensors:
                raise MalformedBody(
                    f"the tensor {truncate(tensor.name)!r} occurs twice; send it once"
                )
            if tensor.name not in self._decoders:
                raise MalformedBody(
                    f"the model has no input {truncate(tensor.name)!r}; see the model's metadata"
                )
            tensors[tensor.name] = tensor
        return tensors


class _MatrixInput:
    """One tensor for all columns, shape `[n, columns]`."""

    def __init__(self, schema: Schema, max_rows: int) -> None:
        self._columns = schema.columns
        self._name = schema.tensor_name or MATRIX_INPUT
        # The values of all columns have one type, so they are read like a long column.
        self._decoder = TensorDecoder(
            replace(schema.columns[0], name=self._name), width=len(schema.columns)
        )
        self._max_rows = max_rows

    def read(self, request: InferRequest, data: memoryview | Mapping[str, Data]) -> Table:
        tensor, width = request.inputs[0], len(self._columns)
        if len(request.inputs) != 1 or tensor.name != self._name:
            raise MalformedBody(
                f"the request has other inputs than the model; send one tensor {self._name!r} of"
                f" shape [n, {width}]"
            )
        shape = tensor.shape
        if shape[1:] != [width] or shape[0] < 0:
            raise MalformedBody(
                f"the shape of {truncate(self._name)!r} must be [n, {width}], not {shape[:9]}"
            )
        rows = _check_count(shape[0], self._max_rows)
        pieces = get_data(request, data)
        try:
            values = self._decoder.decode(tensor, pieces.get(self._name), rows * width)
        except BadCells as error:
            raise self._locate(error) from error
        table = values.reshape(rows, width)
        return Table(rows, {column.name: table[:, at] for at, column in enumerate(self._columns)})

    def describe(self) -> list[dict[str, Any]]:
        datatype = COLUMN_TYPES[self._columns[0].type].v2
        return [{"name": self._name, "datatype": datatype, "shape": [-1, len(self._columns)]}]

    def _locate(self, error: BadCells) -> InvalidRows:
        """Names the cells of the tensor by row and column."""
        width = len(self._columns)
        cells = tuple(
            BadCell(cell.row // width, self._columns[cell.row % width].name, cell.message)
            for cell in error.cells
        )
        return InvalidRows("the rows do not fit the model's schema", cells)


def _count_rows(request: InferRequest) -> int:
    counts = {read_row_count(tensor) for tensor in request.inputs}
    if len(counts) != 1:
        raise MalformedBody("the tensors must have the same number of rows")
    return counts.pop()


def _check_count(rows: int, max_rows: int) -> int:
    check_rows(rows, max_rows)
    if not rows:
        raise InvalidRows("the body has no rows")
    return rows
