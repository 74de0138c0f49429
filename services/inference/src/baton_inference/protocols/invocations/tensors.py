"""`instances` and `inputs`, as MLflow reads TensorFlow Serving's forms: a numpy array a column."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from baton_common.texts import truncate
from baton_engine.tables.casts import ABSENT, cast_as_numpy
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows
from baton_registry.versions.schema import Column

MAX_DIMENSIONS = 64
"""Of an array in numpy."""


class TensorReader:
    """Reads the two forms for one schema. Safe to use from several threads."""

    def __init__(self, columns: Sequence[Column], *, max_rows: int) -> None:
        self._columns = {column.name: column for column in columns}
        self._max_rows = max_rows

    def instances(self, data: Any) -> Frame:
        """A list of rows `{column: value, …}`; anything else is read as `inputs` are.

        Raises:
            MalformedBody: not of that shape.
            InvalidRows: no rows.
            TooManyRows: more than allowed.
        """
        if not isinstance(data, list) or not data or not isinstance(data[0], dict):
            return self.inputs(data)
        check_rows(len(data), self._max_rows)
        values = transpose_rows(data) or _collected(data)
        for name, column in values.items():
            if name not in self._columns:
                _check_homogeneous(name, column)
        return Frame(_one_length(values), values, cast_as_numpy)

    def inputs(self, data: Any) -> Frame:
        """Columns `{column: [value, …], …}`, rows, or the values of the only column.

        Raises as `instances` does.
        """
        if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
            return self._rows(data)
        if isinstance(data, list) and len(self._columns) == 1 and not _has_object(data):
            data = dict.fromkeys(self._columns, data)
        if not isinstance(data, dict):
            if data == []:
                raise InvalidRows("there are no rows")
            raise MalformedBody("neither an object of columns nor a list of objects")
        return self._by_column(data)

    def _rows(self, data: Sequence[Mapping[str, Any]]) -> Frame:
        check_rows(len(data), self._max_rows)
        for row in data:
            for name, value in row.items():
                if name not in self._columns:
                    _check_homogeneous(name, [value])
        values = transpose_rows(data) or {
            name: [row.get(name, ABSENT) for row in data]
            for name in self._columns
            if any(name in row for row in data)
        }
        return Frame(len(data), values, _row_cast)

    def _by_column(self, data: Mapping[str, Any]) -> Frame:
        lists = {name: value for name, value in data.items() if isinstance(value, list)}
        for name, value in lists.items():
            if name not in self._columns:
                _check_homogeneous(name, value)
        extra = data.keys() - self._columns.keys()
        if not lists and extra:
            # One row, were it not that MLflow cannot make a table of an unknown single value.
            raise MalformedBody(f"{truncate(min(extra))!r} is not a column of the model")
        rows = _one_length(lists) if lists else 1
        check_rows(rows, self._max_rows)
        values = {
            name: lists.get(name) or [data[name]] * rows for name in self._columns if name in data
        }
        return Frame(rows, values, cast_as_numpy)


def _collected(data: Sequence[Any]) -> dict[str, Sequence[Any]]:
    """The values by column; a column that only some rows have is shorter than the others."""
    values: dict[str, list[Any]] = {}
    for number, row in enumerate(data):
        if not isinstance(row, dict):
            raise MalformedBody(f"instance {number} is not an object of columns and values")
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return {**values}


def _row_cast(column: Column, values: Sequence[Any]) -> Any:
    """As `cast_as_numpy`, but that a row may lack a number or a text."""
    gaps = [row for row, value in enumerate(values) if value is ABSENT]
    if not gaps:
        return cast_as_numpy(column, values)
    if column.type == "string":
        values = ["" if value is ABSENT else value for value in values]
    elif column.type not in ("float", "double"):
        raise ValueError("a gap in a column of whole numbers or booleans")
    return cast_as_numpy(column, values)


def _one_length(columns: Mapping[str, Sequence[Any]]) -> int:
    lengths = set(map(len, columns.values()))
    if len(lengths) > 1:
        raise MalformedBody("the columns are not of one length")
    return lengths.pop() if lengths else 0


def _has_object(values: Collection[Any]) -> bool:
    return any(isinstance(value, dict) for value in values)


def _check_homogeneous(name: str, values: Sequence[Any]) -> None:
    """Extra columns are ignored, but not before numpy made an array of them.

    Not by numpy here: its arrays of text are as wide as the longest of them in every place.
    """
    if not any(isinstance(value, list) for value in values):
        return
    try:
        _shape(values, MAX_DIMENSIONS)
    except ValueError as error:
        raise MalformedBody(f"the lists in {truncate(name)!r} are not of one shape") from error


def _shape(value: Any, dimensions: int) -> tuple[int, ...]:
    """The shape of the array that numpy would make; raises `ValueError` where it would not."""
    if not isinstance(value, list | tuple):
        return ()
    if not dimensions:
        raise ValueError("too many dimensions")
    shapes = {_shape(each, dimensions - 1) for each in value}
    if len(shapes) > 1:
        raise ValueError("not of one shape")
    return (len(value), *shapes.pop()) if shapes else (0,)
