"""The columns of an MLmodel file."""

from typing import Any

import pytest

from baton_registry.errors import InvalidModel
from baton_registry.versions.recorded.inputs import (
    MAX_TENSOR_COLUMNS,
    RecordedInputs,
    parse_inputs,
)
from baton_registry.versions.schema import Column


def build_tensor(dtype: str = "float64", shape: Any = (-1, 2), **fields: Any) -> dict[str, Any]:
    """Builds MLflow's description of a tensor."""
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [*shape]}, **fields}


@pytest.mark.parametrize(("dtype", "kind"), [("float32", "float"), ("float64", "double")])
def test_a_tensor_is_a_matrix(dtype: str, kind: Any) -> None:
    """Its name is kept."""
    columns = (Column("0", kind), Column("1", kind))
    expected = RecordedInputs(columns, is_matrix=True, is_tensor=True)
    assert parse_inputs([build_tensor(dtype)], {}) == expected
    assert parse_inputs([build_tensor(dtype, name="x")], {}).tensor_name == "x"


@pytest.mark.parametrize(
    "inputs",
    [
        [build_tensor("int64")],
        [build_tensor(shape=(-1, -1))],
        [build_tensor(shape=(-1,))],
        [build_tensor(shape=(-1, 2, 2))],
        [build_tensor(shape=(8, 2))],
        [build_tensor(shape=(-1, 0))],
        [build_tensor(shape=(-1, MAX_TENSOR_COLUMNS + 1))],
        [build_tensor(shape=(-1, 2.0))],
        [build_tensor(), build_tensor()],
        [build_tensor(), {"type": "double", "name": "x"}],
        [{"type": "tensor"}],
    ],
)
def test_other_tensors_are_rejected(inputs: Any) -> None:
    """The message says what is served."""
    with pytest.raises(InvalidModel, match=r"float32 or float64 with the shape \[-1, columns\]"):
        parse_inputs(inputs, {})


@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_numbers_without_names_are_a_matrix(kind: Any) -> None:
    inputs = [{"type": kind}, {"type": kind, "required": False, "name": None}]
    columns = (Column("0", kind), Column("1", kind, required=False))
    assert parse_inputs(inputs, {}) == RecordedInputs(columns, is_matrix=True)


@pytest.mark.parametrize(
    "kinds", [["double", "long"], ["string"], ["boolean", "boolean"], [None], [["double"]]]
)
def test_other_columns_without_names_are_rejected(kinds: list[Any]) -> None:
    with pytest.raises(InvalidModel, match="without a name"):
        parse_inputs([{"type": kind} for kind in kinds], {})


def test_pandas_numbers_are_names() -> None:
    inputs = [{"type": "double", "name": 0}, {"type": "string", "name": 1}]
    assert parse_inputs(inputs, {}).columns == (Column("0", "double"), Column("1", "string"))
    for name in (None, 1.5, True):
        with pytest.raises(InvalidModel, match="without a name"):
            parse_inputs([inputs[0], {"type": "double", "name": name}], {})


def test_datetime_is_a_column_type() -> None:
    column = Column("at", "datetime")
    assert parse_inputs([{"type": "datetime", "name": "at"}], {}) == RecordedInputs((column,))


@pytest.mark.parametrize("inputs", [None, [], {}, ["x"], [{"type": "binary", "name": "x"}]])
def test_other_inputs_are_rejected(inputs: Any) -> None:
    with pytest.raises(InvalidModel):
        parse_inputs(inputs, {})
