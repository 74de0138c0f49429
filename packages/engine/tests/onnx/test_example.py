"""Input examples."""

import json
from typing import Any

import pytest

from baton_engine.engine import EngineError
from baton_engine.onnx.example import read_example
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
