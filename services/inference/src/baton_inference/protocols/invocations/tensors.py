"""Reads `instances` and `inputs` as MLflow reads TensorFlow Serving's forms, with numpy arrays."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from baton_common.texts import truncate
from baton_engine.tables.casts import PANDAS_MISSING, cast_as_numpy
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows
from baton_registry.versions.schema import Column

MAX_DIMENSIONS = 64
"""The most dimensions of a numpy array."""


class TensorReader:
    """Reads both forms for one schema. Safe to use from several threads."""

    def __init__(self, columns: Sequence[Column], *, max_rows: int) -> None:
        self._columns = {column.name: column for column in columns}
        self._max_rows = max_rows

    def read_instances(self, data: Any) -> Frame:
        """Reads a list of rows `{column: value, …}`. Reads other data as `inputs`.

        Raises:
            MalformedBody: the data does not have this shape.
            InvalidRows: there are no rows.
            TooManyRows: there are more rows than a request may have.
        """
        if not isinstance(data, list) or not data or not isinstance(data[0], dict):
            return self.read_inputs(data)
        check_rows(len(data), self._max_rows)
        values = transpose_rows(data) or _collect_columns(data)
        for name, column in values.items():
            if name not in self._columns:
                _check_homogeneous(name, column)
        return Frame(_get_length(values), values, cast_as_numpy)

    def read_inputs(self, data: Any) -> Frame:
        """Reads columns `{column: [value, …], …}`, rows, or the values of the only column.

        Raises the errors of `read_instances`.
        """
        if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
            return self._read_rows(data)
        if isinstance(data, list) and len(self._columns) == 1 and not _has_object(data):
            data = dict.fromkeys(self._columns, data)
        if not isinstance(data, dict):
            if data == []:
                raise InvalidRows("the body has no rows")
            raise MalformedBody("the rows must be an object of columns or a list of objects")
        return self._read_columns(data)

    def _read_rows(self, data: Sequence[Mapping[str, Any]]) -> Frame:
        check_rows(len(data), self._max_rows)
        for row in data:
            for name, value in row.items():
                if name not in self._columns:
                    _check_homogeneous(name, [value])
        values = transpose_rows(data) or {
            name: [row.get(name, PANDAS_MISSING) for row in data]
            for name in self._columns
            if any(name in row for row in data)
        }
        return Frame(len(data), values, _cast_rows)

    def _read_columns(self, data: Mapping[str, Any]) -> Frame:
        lists = {name: value for name, value in data.items() if isinstance(value, list)}
        for name, value in lists.items():
            if name not in self._columns:
                _check_homogeneous(name, value)
        extra = data.keys() - self._columns.keys()
        if not lists and extra:
            # It would be one row, but MLflow cannot build a table with an unknown single value.
            raise MalformedBody(f"{truncate(min(extra))!r} is not a column of the model")
        rows = _get_length(lists) if lists else 1
        check_rows(rows, self._max_rows)
        values = {
            name: lists.get(name) or [data[name]] * rows for name in self._columns if name in data
        }
        return Frame(rows, values, cast_as_numpy)


def _collect_columns(data: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """Collects the values by column. A column that some rows lack is shorter than the others."""
    values: dict[str, list[Any]] = {}
    for number, row in enumerate(data):
        if not isinstance(row, dict):
            raise MalformedBody(f"instance {number} is not an object of columns and values")
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return {**values}


def _cast_rows(column: Column, values: Sequence[Any]) -> Any:
    """Casts as `cast_as_numpy` does, but allows missing fractions and texts."""
    if not [value for value in values if value is PANDAS_MISSING]:
        return cast_as_numpy(column, values)
    if column.type == "string":
        values = ["" if value is PANDAS_MISSING else value for value in values]
    elif column.type not in ("float", "double"):
        raise ValueError("missing value in a column of whole numbers or booleans")
    return cast_as_numpy(column, values)


def _get_length(columns: Mapping[str, Sequence[Any]]) -> int:
    lengths = set(map(len, columns.values()))
    if len(lengths) > 1:
        raise MalformedBody("the columns differ in length")
    return lengths.pop() if lengths else 0


def _has_object(values: Collection[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _check_homogeneous(name: str, values: Sequence[Any]) -> None:
    """Checks an extra column as MLflow does, which converts it to an array and then ignores it.

    Does not use numpy, whose arrays of texts reserve the longest text's width for every value.
    """
    if not any(isinstance(value, list) for value in values):
        return
    try:
        _compute_shape(values, MAX_DIMENSIONS)
    except ValueError as error:
        raise MalformedBody(f"the lists in {truncate(name)!r} differ in shape") from error


def _compute_shape(value: Any, dimensions: int) -> tuple[int, ...]:
    """Computes the shape of numpy's array. Raises `ValueError` if numpy would reject the value."""
    if not isinstance(value, list | tuple):
        return ()
    if not dimensions:
        raise ValueError("too many dimensions")
    shapes = {_compute_shape(each, dimensions - 1) for each in value}
    if len(shapes) > 1:
        raise ValueError("the shapes differ")
    return (len(value), *shapes.pop()) if shapes else (0,)
