"""`dataframe_records` and `dataframe_split`."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_inference.errors import InvalidRows, MalformedBody, RequestRejected, TooManyRows
from baton_inference.protocols.invocations.dataframes import read_records, read_split

NAMES = ("a", "b")


def records(*rows: Any) -> Any:
    """Reads records; returns their columns, with None for missing values."""
    return _get_columns(read_records([*rows], NAMES, 10))


def split(*data: Any, **more: Any) -> Any:
    """Reads a split; returns its columns, with None for missing values."""
    return _get_columns(read_split({"columns": ["a", "b"], "data": [*data], **more}, NAMES, 10))


def _get_columns(frame: Any) -> Any:
    def replace_nan(value: Any) -> Any:
        return None if isinstance(value, float) and math.isnan(value) else value

    for values in frame.columns.values():
        assert len(values) == frame.rows
    return {name: [*map(replace_nan, values)] for name, values in frame.columns.items()}


def test_records_are_read() -> None:
    """A column that a row lacks is missing there. Unknown columns are ignored."""
    assert records({"a": 1, "z": 0}, {"b": 2}) == {"a": [1, None], "b": [None, 2]}
    assert records({"a": 1}) == {"a": [1]}
    assert records({"a": 1}, [["a", 2]], {}) == {"a": [1, 2, None]}  # pandas reads pairs


@pytest.mark.parametrize("data", [{}, None, 1, "a", [1], [None], [[1]], [{}, 1], [{}, None]])
def test_other_records_are_malformed(data: Any) -> None:
    """They are not a list of objects."""
    with pytest.raises(MalformedBody):
        read_records(data, NAMES, 10)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([[1, 2], [3, 4]], {"a": [1, 3], "b": [2, 4]}),
        ([[1, 2], [3]], {"a": [1, 3], "b": [2, None]}),
        ([[1, 2], []], {"a": [1, None], "b": [2, None]}),
        ([[1, 2], "xy"], {"a": [1, "x"], "b": [2, "y"]}),
        ([{"a": 1, "b": 2, "z": 3}, {"a": 4}], {"a": [1, 4], "b": [2, None]}),
    ],
)
def test_a_split_is_read(data: list[Any], expected: Any) -> None:
    """Rows are lists or objects. Short lists have missing values at their end."""
    assert split(*data) == expected


def test_a_split_of_columns_is_read() -> None:
    """A column is a list, an object by row, or a single value for all rows."""
    forms: list[tuple[dict[str, Any], Any]] = [
        ({"a": [1, 2], "b": 3}, {"a": [1, 2], "b": [3, 3]}),
        ({"a": {"x": 1}, "b": {"y": 2, "x": 3}}, {"a": [1, None], "b": [3, 2]}),
        ({"b": [1]}, {"a": [None], "b": [1]}),
    ]
    for data, expected in forms:
        assert split(data=data) == expected
    assert split(data=1, index=[0, 1]) == {"a": [1, 1], "b": [1, 1]}
    assert split(data={"a": 1}, columns=None, index=[0]) == {"a": [1]}
    assert split(data={"a": [1]}, columns=None) == {"a": [1]}


@pytest.mark.parametrize("index", [None, ["a"], [None], [[1]], {"a": 1}])
def test_an_index_is_checked_and_ignored(index: Any) -> None:
    """Its length must be that of the data."""
    assert split([1, 2], index=index) == {"a": [1], "b": [2]}


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"columns": ["a"]},
        {"data": [[1]], "more": 1},
        {"data": "ab", "columns": ["a"]},
        {"data": 1},
        {"data": None, "columns": ["a"]},
        {"data": [[1]], "columns": "a"},
        {"data": [[1]], "columns": [["a"]]},
        {"data": [[1]], "columns": ["a", "b"]},
        {"data": [[1, 2, 3]], "columns": ["a", "b"]},
        {"data": [[1, 2]], "columns": ["a", "a"]},
        {"data": [[1, 2], 3], "columns": ["a", "b"]},
        {"data": [[1, 2], None], "columns": ["a", "b"]},
        {"data": [{"a": 1}, 3], "columns": ["a"]},
        {"data": [[1]], "columns": ["a"], "index": [1, 2]},
        {"data": [[1]], "columns": ["a"], "index": 0},
        {"data": {"a": [1], "b": [1, 2]}},
        {"data": {"a": [1], "b": {"x": 1}}},
        {"data": {"a": 1}},
    ],
)
def test_other_splits_are_malformed(body: Any) -> None:
    """Pandas cannot build a table from them."""
    with pytest.raises(MalformedBody):
        read_split(body, NAMES, 10)


def test_unnamed_columns_are_ignored() -> None:
    """The table has rows, but no column of the model."""
    frame = read_split({"data": [[1, 2]]}, NAMES, 10)
    assert (frame.rows, frame.columns) == (1, {})


def test_no_rows_and_too_many_rows_are_refused() -> None:
    """Too many rows are refused before they are converted."""
    huge: list[Any] = [[1, 2], *[[]] * 10]
    with pytest.raises(TooManyRows):
        records(*[{}] * 11)
    for more in ({"data": huge}, {"data": {"a": [1] * 11}}, {"data": 1, "index": [0] * 11}):
        with pytest.raises(TooManyRows):
            split(**more)
    with pytest.raises(InvalidRows, match="no rows"):
        records()
    with pytest.raises(InvalidRows, match="no rows"):
        split()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "b", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "columns", "data", "index"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@given(json_values)
def test_anything_is_a_table_or_refused(value: Any) -> None:
    """All columns of a table have the same length."""
    for read in (read_records, read_split):
        try:
            frame = read(value, NAMES, 10)
        except RequestRejected:
            continue
        assert all(len(column) == frame.rows for column in frame.columns.values())
