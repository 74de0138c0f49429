"""Input examples."""

import json
from typing import Any

import pytest

from baton_engine.engine import EngineError
from baton_engine.onnx.example import build_rows, read_example
from baton_registry.versions.schema import Column, Schema

SCHEMA = Schema((Column("x", "double"), Column("note", "string", required=False)))


def build_split(*columns: Any, data: Any = ()) -> bytes:
    """An example in split form."""
    return json.dumps({"columns": columns, "data": data}).encode()


def test_rows_are_read_by_name() -> None:
    """Values may be missing; at most 100 rows are read."""
    assert read_example(build_split("note", "x", data=[[None, 1]]), SCHEMA) == [
        {"note": None, "x": 1}
    ]
    assert read_example(build_split("x", data=[[1]] * 101), SCHEMA) == [{"x": 1}] * 100


@pytest.mark.parametrize(
    "content", [None, b"{", b"[]", b'{"inputs": [1]}', build_split("x", data=[[]])]
)
def test_no_rows_without_an_example_in_split_form(content: bytes | None) -> None:
    assert read_example(content, SCHEMA) == ()


@pytest.mark.parametrize(
    ("columns", "words"),
    [(["y"], "unknown 'y'; missing 'x'"), (["note"], "missing 'x'"), (["x", "y"], "unknown 'y'")],
)
def test_error_names_wrong_columns(columns: list[str], words: str) -> None:
    with pytest.raises(EngineError, match=words):
        read_example(build_split(*columns, data=[[1] * len(columns)]), SCHEMA)


MATRIX = Schema((Column("0", "double"), Column("1", "double")), is_matrix=True, is_tensor=True)


@pytest.mark.parametrize(
    "content",
    [b"[[1, 2]]", b'{"x": [[1, 2]]}', b'{"data": [[1, 2]]}', build_split(0, 1, data=[[1, 2]]),
     b'{"inputs": [[1, 2]]}', b'{"inputs": {"x": [[1, 2]]}}'],
)  # fmt: skip
def test_rows_of_a_matrix_have_numbers_for_names(content: bytes) -> None:
    """In the forms that MLflow writes for arrays and for tables without names."""
    assert read_example(content, MATRIX) == [{"0": 1, "1": 2}]


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"[1]",
        b'{"x": [[1, 2]], "y": [[1, 2]]}',
        b'{"inputs": {}}',
        b'{"inputs": []}',
        b'{"inputs": [1]}',
        b'{"inputs": [[1, 2], [1]]}',
    ],
)
def test_no_rows_of_a_matrix_without_rows(content: bytes) -> None:
    assert read_example(content, MATRIX) == ()


def test_numbered_columns_need_no_names() -> None:
    """MLflow writes none if pandas numbered them. Other columns need names."""
    content = b'{"data": [[1, 2]]}'
    assert read_example(content, Schema(MATRIX.columns)) == [{"0": 1, "1": 2}]
    assert read_example(content, Schema((Column("a", "double"), Column("b", "double")))) == ()


def test_error_names_wrong_columns_of_a_matrix() -> None:
    with pytest.raises(EngineError, match="unknown '2'"):
        read_example(b'{"inputs": [[1, 2, 3]]}', MATRIX)
    with pytest.raises(EngineError, match="missing '1'"):
        read_example(b'{"inputs": [[1]]}', MATRIX)


def test_datetimes_are_checked() -> None:
    """As a request's are."""
    schema = Schema((Column("at", "datetime"),))
    assert build_rows([{"at": "2026-01-31"}], schema) == [("2026-01-31",)]
    for value in ("soon", 7, None):
        assert build_rows([{"at": value}], schema) is None
