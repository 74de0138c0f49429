"""`dataframe_records` and `dataframe_split`, as `pandas.DataFrame` would read them."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from baton_engine.tables.casts import ABSENT, cast_as_pandas
from baton_engine.tables.column_places import find_first_places
from baton_inference.errors import InvalidRows, MalformedBody
from baton_inference.protocols.bodies.frame import Frame, check_rows, transpose_rows

SPLIT_KEYS = frozenset({"columns", "data", "index"})


def read_records(data: Any, names: Collection[str], max_rows: int) -> Frame:
    """`[{column: value, …}, …]`: what a row does not have is a gap.

    Args:
        data: what stands under the key `dataframe_records`.
        names: the columns that are wanted.
        max_rows: rows that a request may hold.

    Raises:
        MalformedBody: not a list of objects.
        InvalidRows: no rows.
        TooManyRows: more than allowed.
    """
    if not isinstance(data, list):
        raise MalformedBody("'dataframe_records' is not a list")
    rows = _records(data, max_rows)
    return Frame(len(rows), _by_name(rows, names), cast_as_pandas)


def read_split(data: Any, names: Collection[str], max_rows: int) -> Frame:
    """`{"columns": […], "data": [[…], …], "index": […]}`; the index is checked and ignored.

    Takes and raises what `read_records` does.
    """
    if not isinstance(data, dict):
        raise MalformedBody("'dataframe_split' is not an object")
    if "data" not in data or not data.keys() <= SPLIT_KEYS:
        raise MalformedBody("'dataframe_split' has 'data', and may have 'columns' and 'index' only")
    columns, length = _labels(data.get("columns"), names), _index_length(data.get("index"))
    content = data["data"]
    if isinstance(content, dict):
        frame = _from_mapping(content, columns, length, names, max_rows)
    elif isinstance(content, list):
        frame = _from_list(content, columns, names, max_rows)
    elif isinstance(content, str) or length is None or columns is None:
        raise MalformedBody("'data' of 'dataframe_split' is neither a list nor an object")
    else:  # one value for all cells
        check_rows(length, max_rows)
        frame = Frame(length, dict.fromkeys(columns, [content] * length), cast_as_pandas)
    if length not in (None, frame.rows):
        raise MalformedBody("'index' of 'dataframe_split' is not as long as its data")
    return frame


def _records(data: Sequence[Any], max_rows: int) -> Sequence[dict[Any, Any]]:
    if not data:
        raise InvalidRows("there are no rows")
    check_rows(len(data), max_rows)
    if not isinstance(data[0], dict):
        raise MalformedBody("row 0 is not an object of columns and values")
    if set(map(type, data)) == {dict}:
        return data
    rows = []
    for number, row in enumerate(data):
        try:
            rows.append(dict(row))  # pandas takes pairs, too
        except (TypeError, ValueError) as error:
            raise MalformedBody(f"row {number} is not an object of columns and values") from error
    return rows


def _by_name(
    rows: Sequence[Mapping[Any, Any]], names: Collection[str], wanted: Collection[Any] | None = None
) -> dict[str, Sequence[Any]]:
    """The columns that any row has; or, where given, those that are wanted."""
    columns = transpose_rows(rows) if wanted is None else None
    return columns or {
        name: [row.get(name, ABSENT) for row in rows]
        for name in names
        if (any(name in row for row in rows) if wanted is None else name in wanted)
    }


def _labels(columns: Any, names: Collection[str]) -> list[Any] | None:
    """The names of the columns; None where none are given."""
    if columns is None:
        return None
    if not isinstance(columns, list | dict):
        raise MalformedBody("'columns' of 'dataframe_split' is not a list")
    if any(isinstance(label, list | dict) for label in columns):
        raise MalformedBody("'columns' of 'dataframe_split' are not names")
    labels = [*columns]
    for name in names:
        if labels.count(name) > 1:
            raise MalformedBody(f"the column {name!r} is there twice")
    return labels


def _index_length(index: Any) -> int | None:
    if index is None:
        return None
    if not isinstance(index, list | dict):
        raise MalformedBody("'index' of 'dataframe_split' is not a list")
    if index and all(isinstance(level, list) for level in index):  # levels of a MultiIndex
        return len(next(iter(index)))
    return len(index)


def _from_list(
    data: Sequence[Any], columns: list[Any] | None, names: Collection[str], max_rows: int
) -> Frame:
    if not data:
        raise InvalidRows("there are no rows")
    check_rows(len(data), max_rows)
    if isinstance(data[0], dict):
        rows = _records(data, max_rows)
        wanted = None if columns is None else {*columns}
        return Frame(len(rows), _by_name(rows, names, wanted), cast_as_pandas)
    table = _lists(data) if isinstance(data[0], list) else [[value] for value in data]
    width = max(map(len, table))
    if columns is None:
        return Frame(len(table), {}, cast_as_pandas)
    if len(columns) != width:
        raise MalformedBody(f"{len(columns)} columns are named, the data have {width}")
    places = find_first_places(columns)
    picked = {name: places[name] for name in names if name in places}
    return Frame(len(table), {n: _cells(table, at) for n, at in picked.items()}, cast_as_pandas)


def _lists(data: Sequence[Any]) -> Sequence[Sequence[Any]]:
    if {*map(type, data)} == {list}:
        return data
    try:
        return [[*row] for row in data]  # pandas takes the characters of a text, too
    except TypeError as error:
        raise MalformedBody("a row of 'data' is not a list") from error


def _cells(table: Sequence[Sequence[Any]], at: int) -> list[Any]:
    """One column; a row that is too short has gaps at its end."""
    return [row[at] if at < len(row) else None for row in table]


def _from_mapping(
    data: Mapping[str, Any],
    columns: list[Any] | None,
    length: int | None,
    names: Collection[str],
    max_rows: int,
) -> Frame:
    """`{column: [value, …], …}`: a single value stands for all rows."""
    keys = _row_keys(data)
    lengths = {len(value) for value in data.values() if isinstance(value, list)}
    if length is not None:
        lengths.add(length)
    if keys is not None:
        lengths.add(len(keys))
    if len(lengths) != 1:
        raise MalformedBody("the columns of 'data' are not of one length")
    rows = lengths.pop()
    check_rows(rows, max_rows)
    found: dict[str, Sequence[Any]] = {}
    for name in names:
        if name in (data if columns is None else columns):
            value = data.get(name, ABSENT)
            if isinstance(value, dict):
                found[name] = [value.get(key, ABSENT) for key in keys or ()]
            else:
                found[name] = value if isinstance(value, list) else [value] * rows
    return Frame(rows, found, cast_as_pandas)


def _row_keys(data: Mapping[str, Any]) -> list[str] | None:
    """The rows of columns of the form `{row: value, …}`, in the order in which they are met."""
    nested = [value for value in data.values() if isinstance(value, dict)]
    if not nested:
        return None
    if any(isinstance(value, list) for value in data.values()):
        raise MalformedBody("the columns of 'data' are lists and objects, mixed")
    return [*dict.fromkeys(chain.from_iterable(nested))]
