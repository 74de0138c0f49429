"""Reads the rows of a matrix as MLflow does: lists of numbers, or tables whose columns have places.

MLflow has two signatures for a matrix. Several columns without names take the first columns of a
table and ignore others. A tensor takes exactly its columns, or one column of lists, which must have
the name of the tensor if that has one.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from baton_common.texts import truncate
from baton_engine.tables.casts import Cast, cast_as_numpy, cast_as_pandas
from baton_engine.tables.cell_errors import BadCell
from baton_engine.tables.cell_messages import ABSENT_MESSAGE
from baton_inference.errors import InvalidRows, MalformedBody, UnsupportedMedia
from baton_inference.protocols.bodies.frame import Frame, check_rows
from baton_inference.protocols.invocations.csv_table import read_csv
from baton_inference.protocols.invocations.dataframes import read_records, read_split
from baton_registry.versions.schema import Schema


class MatrixReader:
    """Reads every form for one schema. Safe to use from several threads.

    Its methods raise `MalformedBody`, `InvalidRows` and `TooManyRows` as those of other readers.
    """

    def __init__(self, schema: Schema, *, max_rows: int) -> None:
        self._width = len(schema.columns)
        self._is_tensor = schema.is_tensor
        self._tensor_name = schema.tensor_name
        self._max_rows = max_rows

    def read_split(self, data: Any) -> Frame:
        """Reads `dataframe_split`."""
        labels = keys = _list_labels(data)
        if isinstance(data, dict) and _has_cells(data.get("data")):
            # The cells have places, so labels need not be texts. MLflow reads equal labels only
            # for a tensor.
            if not self._is_tensor and len({*map(repr, labels)}) < len(labels):
                raise MalformedBody("a column of 'dataframe_split' occurs twice")
            keys = [*map(str, range(len(labels)))]
            data = {**data, "columns": keys}
        chosen = self._choose(labels, keys)
        return self._place(read_split(data, chosen, self._max_rows), chosen, len(keys))

    def read_records(self, data: Any) -> Frame:
        """Reads `dataframe_records`."""
        keys = _collect_keys(data)
        chosen = self._choose(keys, keys)
        return self._place(read_records(data, chosen, self._max_rows), chosen, len(keys))

    def read_csv(self, body: bytes) -> Frame:
        """Reads `text/csv`. Raises `UnsupportedMedia` for a tensor, as MLflow does."""
        if self._is_tensor:
            raise UnsupportedMedia("the model takes a tensor, which CSV cannot hold; send JSON")
        frame = read_csv(body, None, self._max_rows)
        return self._place(frame, [*frame.columns][: self._width], len(frame.columns))

    def read_instances(self, data: Any) -> Frame:
        """Reads lists of numbers. If the tensor has a name, also `[{name: [number, …]}, …]`."""
        name = self._tensor_name
        if name is not None and isinstance(data, list) and data and isinstance(data[0], dict):
            for number, row in enumerate(data):
                if not isinstance(row, dict):
                    raise MalformedBody(f"instance {number} is not an object of tensors")
            # MLflow skips instances without the tensor, and answers fewer rows than it was sent.
            data = [row[name] for row in data if name in row]
            if not data:
                raise self._build_absent_error(name)
        return self.read_inputs(data)

    def read_inputs(self, data: Any) -> Frame:
        """Reads lists of numbers. If the tensor has a name, also `{name: [[number, …], …]}`."""
        if self._tensor_name is not None and isinstance(data, dict):
            if self._tensor_name not in data:
                raise self._build_absent_error(self._tensor_name)
            data = data[self._tensor_name]
        if not isinstance(data, list):
            raise MalformedBody("the rows must be a list of lists of numbers")
        if self._width == 1 and not self._is_tensor:
            data = [row if isinstance(row, list) else [row] for row in data]
        return self._read_rows(data, cast_as_numpy)

    def _choose(self, labels: Sequence[Any], keys: Sequence[Any]) -> Sequence[Any]:
        """Returns the keys of the columns to read."""
        if self._tensor_name is None:
            return keys[: self._width]
        pairs = zip(labels, keys, strict=True)
        return [key for label, key in pairs if label == self._tensor_name][:1]

    def _place(self, frame: Frame, chosen: Sequence[Any], width: int) -> Frame:
        """Names the chosen columns of a table by their places, or reads a column of lists."""
        if self._tensor_name is not None and not chosen:
            raise self._build_absent_error(self._tensor_name)
        columns = [frame.columns[key] for key in chosen if key in frame.columns]
        if self._is_tensor and len(columns) == 1:
            if self._width > 1 or not columns[0] or isinstance(columns[0][0], list):
                return self._read_rows(columns[0], cast_as_pandas)
        elif self._is_tensor and width != self._width:
            raise MalformedBody(f"the table has {width} columns, but the model takes {self._width}")
        placed = {str(place): values for place, values in enumerate(columns)}
        return Frame(frame.rows, placed, frame.cast)

    def _read_rows(self, rows: Sequence[Any], cast: Cast) -> Frame:
        if not rows:
            raise InvalidRows("the body has no rows")
        check_rows(len(rows), self._max_rows)
        width = self._width
        if not self._is_tensor and isinstance(rows[0], list):
            width = max(width, len(rows[0]))  # more columns are ignored
        for number, row in enumerate(rows):
            if not isinstance(row, list):
                raise MalformedBody(f"row {number} is not a list of numbers")
            if len(row) != width:
                raise MalformedBody(
                    f"row {number} has {len(row)} numbers, but the model takes {self._width}"
                )
        columns = [*zip(*rows, strict=True)][: self._width]
        return Frame(len(rows), {str(at): values for at, values in enumerate(columns)}, cast)

    def _build_absent_error(self, name: str) -> InvalidRows:
        cell = BadCell(0, truncate(name), ABSENT_MESSAGE)
        return InvalidRows("the rows do not fit the model's schema", (cell,))


def _list_labels(data: Any) -> list[Any]:
    """Lists the labels of `dataframe_split`, as pandas does; empty if it is malformed."""
    if not isinstance(data, dict):
        return []
    columns, content = data.get("columns"), data.get("data")
    if columns is not None:
        return [*columns] if isinstance(columns, list | dict) else []
    if isinstance(content, list) and _has_cells(content):
        return [*range(max((len(row) for row in content if isinstance(row, list)), default=1))]
    return [*content] if isinstance(content, dict) else _collect_keys(content)


def _has_cells(content: Any) -> bool:
    """Whether the rows of `dataframe_split` are lists or single values, not objects."""
    return isinstance(content, list) and bool(content) and not isinstance(content[0], dict)


def _collect_keys(rows: Any) -> list[Any]:
    """Collects the keys of all rows in order of appearance; empty without a list."""
    if not isinstance(rows, list):
        return []
    return [*dict.fromkeys(chain.from_iterable(row for row in rows if isinstance(row, dict)))]
