"""Bodies of `/invocations` for a matrix of three columns, valid and invalid."""

from typing import Any

_ROWS = [[1, 2, 3], [4.5, 5, 6]]
_RECORDS = [{"a": 1, "b": 2, "c": 3}, {"a": 4.5, "b": 5, "c": 6}]
_TENSORS = [{"x": _ROWS[0]}, {"x": _ROWS[1]}]
_INPUTS: list[Any] = [
    _ROWS, [[1, 2], [3, 4]], [[1, 2, 3, 4]], [1, 2, 3], [], [[]], [[1, 2], [3, 4, 5]],
    [["1", "2", "3"]], [["x", 2, 3]], [[True, 2, 3]], [[[1], [2], [3]]], [[[1, 2, 3]]],
    5, "abc", None, {}, [{}], [[1, 2, 3], 5], [[1, 2, 3], {"x": 1}],
    _RECORDS, _TENSORS, {"x": _ROWS}, {"x": _ROWS, "y": 3}, {"y": _ROWS}, {"x": [1, 2, 3]},
    {"x": []}, {"x": 5}, [{"x": [1, 2, 3], "y": 1}], [{"x": [1, 2, 3]}, {"z": 1}],
    [{"x": [1, 2, 3]}, 5],
]  # fmt: skip
_SPLITS: list[Any] = [
    {"columns": ["a", "b", "c"], "data": _ROWS},
    {"data": _ROWS},
    {"columns": ["a", "b", "c"], "data": _ROWS, "index": [5, 6]},
    {"columns": ["a", "b", "c"], "data": 7, "index": [5]},
    {"columns": ["a", "b"], "data": [[1, 2]]},
    {"columns": ["a", "b", "c", "d"], "data": [[1, 2, 3, "z"]]},
    {"columns": ["a", "b", "c", "d"], "data": [[1, 2, 3, 4]]},
    {"columns": ["x"], "data": [[_ROWS[0]], [_ROWS[1]]]},
    {"columns": ["a"], "data": [[_ROWS[0]], [_ROWS[1]]]},
    {"columns": ["x", "y"], "data": [[_ROWS[0], 1], [_ROWS[1], 2]]},
    {"columns": ["x"], "data": _ROWS},
    {"columns": ["a", "a", "c"], "data": _ROWS},
    {"columns": "abc", "data": _ROWS},
    {"columns": ["a", "b", "c"], "data": []},
    {"data": [[_ROWS[0]], [_ROWS[1]]]},
    {"data": [1, 2]},
    {"data": "x"},
    {"data": {"a": [1, 2], "b": [3, 4], "c": [5, 6]}},
    {"data": {"x": _ROWS}},
    {"columns": ["c", "b", "a"], "data": {"a": [1, 2], "b": [3, 4], "c": [5, 6]}},
    {"columns": ["c", "b", "a"], "data": _RECORDS},
    {"data": _RECORDS},
    [],
]
_LISTS: list[Any] = [
    _RECORDS,
    [{"c": 1, "a": 2, "b": 3}],
    [{"a": 1, "b": 2}],
    [{"a": 1, "b": 2, "c": 3, "d": "q"}],
    _TENSORS,
    [{"x": ["1", 2, 3]}],
    [{"x": [True, 2, 3]}],
    [{"x": [1, 2]}],
    [{"x": [1, 2, 3]}, {"x": [1, 2]}],
    [{"x": [1, 2, 3]}, {"x": 5}],
    [{"x": [[1, 2, 3]]}],
    [{}],
    [],
    {},
]
MATRIX_BODIES: list[dict[str, Any]] = [
    *({"inputs": each} for each in _INPUTS),
    *({"instances": each} for each in _INPUTS),
    *({"dataframe_split": each} for each in _SPLITS),
    *({"dataframe_records": each} for each in _LISTS),
]
CSV_BODIES = [
    "a,b,c\n1,2,3\n4.5,5,6\n",
    "a,b\n1,2\n",
    "a,b,c,d\n1,2,3,z\n",
    "a,b,c\n1,x,3\n",
    "1,2,3\n4,5,6\n",
    ",a,b,c\n0,1,2,3\n",
]
