"""Reads `dataframe_records` and `dataframe_split` as `pandas.DataFrame` does."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from baton_engine.tables.casts import PANDAS_MISSING, cast_as_pandas
from baton_engine.tables.column_indices import find_first_indices
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows

SPLIT_KEYS = frozenset({"columns", "data", "index"})


def read_records(data: Any, names: Collection[str], max_rows: int) -> Frame:
    """Reads `[{column: value, …}, …]`. A column that a row lacks is a missing value.

    Args:
        data: the content of the key `dataframe_records`.
        names: the requested columns.
        max_rows: the most rows of a request.

    Raises:
        MalformedBody: the content is not a list of objects.
        InvalidRows: there are no rows.
        TooManyRows: there are more than `max_rows` rows.
    """
    if not isinstance(data, list):
        raise MalformedBody("'dataframe_records' is not a list")
    rows = _to_records(data, max_rows)
    return Frame(len(rows), _collect_columns(rows, names), cast_as_pandas)


def read_split(data: Any, names: Collection[str], max_rows: int) -> Frame:
    """Reads `{"columns": […], "data": [[…], …], "index": […]}`. Checks and ignores the index.

    Arguments and errors are those of `read_records`.
    """
    if not isinstance(data, dict):
        raise MalformedBody("'dataframe_split' is not an object")
    if "data" not in data or not data.keys() <= SPLIT_KEYS:
        raise MalformedBody(
            "'dataframe_split' must have the key 'data'; its only other keys are 'columns' and"
            " 'index'"
        )
    columns = _read_names(data.get("columns"), names)
    length = _count_index(data.get("index"))
    content = data["data"]
    if isinstance(content, dict):
        frame = _read_mapping(content, columns, length, names, max_rows)
    elif isinstance(content, list):
        frame = _read_rows(content, columns, names, max_rows)
    elif isinstance(content, str) or length is None or columns is None:
        raise MalformedBody("'data' of 'dataframe_split' is neither a list nor an object")
    else:  # one value for all cells
        check_rows(length, max_rows)
        frame = Frame(length, dict.fromkeys(columns, [content] * length), cast_as_pandas)
    if length not in (None, frame.rows):
        raise MalformedBody("'index' and 'data' of 'dataframe_split' differ in length")
    return frame


def _to_records(data: Sequence[Any], max_rows: int) -> Sequence[dict[Any, Any]]:
    if not data:
        raise InvalidRows("the body has no rows")
    check_rows(len(data), max_rows)
    if not isinstance(data[0], dict):
        raise MalformedBody("row 0 is not an object of columns and values")
    if set(map(type, data)) == {dict}:
        return data
    rows = []
    for number, row in enumerate(data):
        try:
            rows.append(dict(row))  # pandas reads pairs, too
        except (TypeError, ValueError) as error:
            raise MalformedBody(f"row {number} is not an object of columns and values") from error
    return rows


def _collect_columns(
    rows: Sequence[Mapping[Any, Any]],
    names: Collection[str],
    selected: Collection[Any] | None = None,
) -> dict[str, Sequence[Any]]:
    """Returns the values of the selected columns; by default, of all that any row has."""
    columns = transpose_rows(rows) if selected is None else None
    return columns or {
        name: [row.get(name, PANDAS_MISSING) for row in rows]
        for name in names
        if (any(name in row for row in rows) if selected is None else name in selected)
    }


def _read_names(columns: Any, names: Collection[str]) -> list[Any] | None:
    """Returns the names of the columns; None if the body gives none."""
    if columns is None:
        return None
    if not isinstance(columns, list | dict):
        raise MalformedBody("'columns' of 'dataframe_split' is not a list")
    if any(isinstance(label, list | dict) for label in columns):
        raise MalformedBody("'columns' of 'dataframe_split' is not a list of names")
    labels = [*columns]
    for name in names:
        if labels.count(name) > 1:
            raise MalformedBody(f"the column {name!r} occurs twice")
    return labels


def _count_index(index: Any) -> int | None:
    if index is None:
        return None
    if not isinstance(index, list | dict):
        raise MalformedBody("'index' of 'dataframe_split' is not a list")
    if index and all(isinstance(level, list) for level in index):  # levels of a MultiIndex
        return len(next(iter(index)))
    return len(index)


def _read_rows(
    data: Sequence[Any], columns: list[Any] | None, names: Collection[str], max_rows: int
) -> Frame:
    if not data:
        raise InvalidRows("the body has no rows")
    check_rows(len(data), max_rows)
    if isinstance(data[0], dict):
        rows = _to_records(data, max_rows)
        selected = None if columns is None else {*columns}
        return Frame(len(rows), _collect_columns(rows, names, selected), cast_as_pandas)
    table = _to_lists(data) if isinstance(data[0], list) else [[value] for value in data]
    width = max(map(len, table))
    if columns is None:
        return Frame(len(table), {}, cast_as_pandas)
    if len(columns) != width:
        raise MalformedBody(
            f"'columns' of 'dataframe_split' has {len(columns)} names, but 'data' has {width}"
            " columns"
        )
    indices = find_first_indices(columns)
    values = {name: _get_cells(table, indices[name]) for name in names if name in indices}
    return Frame(len(table), values, cast_as_pandas)


def _to_lists(data: Sequence[Any]) -> Sequence[Sequence[Any]]:
    if {*map(type, data)} == {list}:
        return data
    try:
        return [[*row] for row in data]  # pandas reads the characters of a text, too
    except TypeError as error:
        raise MalformedBody("a row of 'data' is not a list") from error


def _get_cells(table: Sequence[Sequence[Any]], index: int) -> list[Any]:
    """Returns one column. A row that is too short has missing values at its end."""
    return [row[index] if index < len(row) else None for row in table]


def _read_mapping(
    data: Mapping[str, Any],
    columns: list[Any] | None,
    length: int | None,
    names: Collection[str],
    max_rows: int,
) -> Frame:
    """Reads `{column: [value, …], …}`. A single value applies to all rows."""
    keys = _collect_row_keys(data)
    lengths = {len(value) for value in data.values() if isinstance(value, list)}
    if length is not None:
        lengths.add(length)
    if keys is not None:
        lengths.add(len(keys))
    if len(lengths) != 1:
        raise MalformedBody("the columns of 'data' differ in length")
    rows = lengths.pop()
    check_rows(rows, max_rows)
    values: dict[str, Sequence[Any]] = {}
    for name in names:
        if name in (data if columns is None else columns):
            value = data.get(name, PANDAS_MISSING)
            if isinstance(value, dict):
                values[name] = [value.get(key, PANDAS_MISSING) for key in keys or ()]
            else:
                values[name] = value if isinstance(value, list) else [value] * rows
    return Frame(rows, values, cast_as_pandas)


def _collect_row_keys(data: Mapping[str, Any]) -> list[str] | None:
    """Collects the keys of columns of the form `{row: value, …}`, in order of appearance."""
    nested = [value for value in data.values() if isinstance(value, dict)]
    if not nested:
        return None
    if any(isinstance(value, list) for value in data.values()):
        raise MalformedBody("the columns of 'data' mix lists and objects")
    return [*dict.fromkeys(chain.from_iterable(nested))]
