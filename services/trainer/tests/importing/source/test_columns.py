"""The columns that a model takes."""

import json
from typing import Any

import pytest

from baton_trainer.errors import DataError, ImportFailed
from baton_trainer.importing.source.columns import choose_inputs
from baton_trainer.tables.files import csv_file
from baton_trainer.tables.files.data_file import DataFile

CSV = b"plan,age,visits,left\nbasic,4.5,1,yes\npro,,2,no\n"
NUMBERS = b"a,b,left\n1.5,2.5,0\n3.5,4.5,1\n"


def document(*inputs: dict[str, Any]) -> dict[str, Any]:
    return {"signature": {"inputs": json.dumps(inputs)}}


def read(content: bytes = CSV) -> DataFile:
    return csv_file.parse(content, "some.csv")


def test_the_schema_says_which_columns() -> None:
    """In its own order; others of the file are not needed."""
    spec = document({"name": "visits", "type": "double"}, {"name": "plan", "type": "string"})
    inputs = choose_inputs(spec, read(), "left")
    found = [(each.name, each.type, each.required) for each in inputs.schema.columns]
    assert found == [("visits", "double", True), ("plan", "string", True)]
    assert inputs.note == ""


@pytest.mark.parametrize("without", [{}, {"signature": None}, {"signature": {"outputs": "[]"}}])
def test_without_a_schema_the_file_says_so(without: dict[str, Any]) -> None:
    inputs = choose_inputs(without, read(), "left")
    found = [(each.name, each.type, each.required) for each in inputs.schema.columns]
    assert found == [
        ("plan", "string", True), ("age", "double", False), ("visits", "long", True),
    ]  # fmt: skip
    assert "no schema" in inputs.note


@pytest.mark.parametrize(
    "spec",
    [
        [{"type": "double"}, {"type": "double"}],
        [{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}}],
    ],
)
def test_columns_without_names_take_the_order_of_the_file(spec: list[dict[str, Any]]) -> None:
    inputs = choose_inputs(document(*spec), read(NUMBERS), "left")
    assert inputs.schema.is_matrix
    names = [each.name for each in inputs.schema.columns]
    assert [*inputs.file.cells] == [*names, "left"]
    assert "a, b" in inputs.note
    with pytest.raises(DataError, match="takes 2 columns"):
        choose_inputs(document(*spec), read(NUMBERS), "")


def test_what_cannot_be_read_is_one_line() -> None:
    with pytest.raises(DataError, match="--target"):
        choose_inputs({}, read(), "gone")
    with pytest.raises(ImportFailed, match="not JSON"):
        choose_inputs({"signature": {"inputs": "{"}}, read(), "left")
    with pytest.raises(ImportFailed, match="binary"):
        choose_inputs(document({"name": "plan", "type": "binary"}), read(), "left")
    with pytest.raises(ImportFailed, match="'age' has dates"):
        choose_inputs(document({"name": "age", "type": "datetime"}), read(), "left")
