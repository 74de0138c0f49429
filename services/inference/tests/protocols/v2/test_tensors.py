"""A V2 tensor to a column."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from baton_engine.tables.cells import BadCells
from baton_engine.tables.column_types import COLUMN_TYPES
from baton_inference.errors import MalformedBody
from baton_inference.protocols.v2.request import Tensor
from baton_inference.protocols.v2.tensors import TensorDecoder, pack_texts, read_row_count
from baton_registry.versions.schema import Column, TypeName

DTYPES: dict[str, str] = {"BOOL": "?", "INT32": "<i4", "INT64": "<i8", "FP32": "<f4", "FP64": "<f8"}
OWN: list[tuple[TypeName, Any]] = [
    ("boolean", [True, False]),
    ("integer", [-(2**31), 2**31 - 1]),
    ("long", [-(2**63), 2**63 - 1]),
    ("float", [0.5, -1.0]),
    ("double", [0.1, 1e308]),
    ("string", ["\u00e9", ""]),
]


def from_json(column: Column, data: Any, rows: int, datatype: str | None = None) -> Any:
    """The column of a tensor whose data are JSON."""
    kind = datatype or COLUMN_TYPES[column.type].v2
    text = data if isinstance(data, str) else json.dumps(data)
    tensor = Tensor(column.name, [rows], kind, {}, Raw(text.encode()))
    return TensorDecoder(column).decode(tensor, None, rows)


def from_bytes(column: Column, data: bytes, rows: int, datatype: str | None = None) -> Any:
    """The column of a tensor whose data are binary."""
    tensor = Tensor(column.name, [rows], datatype or COLUMN_TYPES[column.type].v2)
    return TensorDecoder(column).decode(tensor, memoryview(data), rows)


def packed(values: Any, datatype: str) -> bytes:
    """Values as binary data."""
    if datatype == "BYTES":
        return pack_texts(values)
    return np.array(values, DTYPES[datatype]).tobytes()


@pytest.mark.parametrize(("kind", "values"), OWN)
def test_own_datatype(kind: TypeName, values: list[Any]) -> None:
    """A column's own datatype arrives value for value, in JSON flat or tall, and binary."""
    column = Column("c", kind)
    assert from_json(column, values, 2).tolist() == values
    assert from_json(column, [[value] for value in values], 2).tolist() == values
    assert from_bytes(column, packed(values, COLUMN_TYPES[kind].v2), 2).tolist() == values


@pytest.mark.parametrize("datatype", ["INT32", "INT64", "FP32", "FP64"])
@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_any_number_that_fits(kind: TypeName, datatype: str) -> None:
    """A column of numbers takes numbers of another datatype, where they fit."""
    assert from_bytes(Column("c", kind), packed([1, 2], datatype), 2, datatype).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("kind", "value", "datatype", "message"),
    [
        ("integer", 2**31, "INT64", "beyond the range"),
        ("integer", 1.5, "FP64", "a fraction"),
        ("long", 2.0**63, "FP64", "beyond the range"),
        ("long", math.nan, "FP64", "is missing"),
        ("float", 1e39, "FP64", "beyond the range"),
        ("double", math.inf, "FP64", "beyond the range"),
        ("double", math.nan, "FP64", "is missing"),
    ],
)
def test_bad_numbers(kind: TypeName, value: float, datatype: str, message: str) -> None:
    """A number that the column does not allow is named with its row."""
    data = np.array([1, value], DTYPES[datatype]).tobytes()
    with pytest.raises(BadCells) as caught:
        from_bytes(Column("c", kind), data, 2, datatype)
    assert [cell.row for cell in caught.value.cells] == [1]
    assert message in caught.value.cells[0].message


def test_missing_values() -> None:
    """In an optional column null, NaN and an empty text mean missing."""
    number, text = Column("c", "double", required=False), Column("c", "string", required=False)
    for array in (
        from_json(number, [None, 1], 2),
        from_bytes(number, packed([math.nan, 1], "FP64"), 2),
        from_bytes(Column("c", "long", required=False), packed([math.nan, 1], "FP32"), 2, "FP32"),
    ):
        assert np.isnan(array).tolist() == [True, False]
    assert from_json(text, [None, "a"], 2).tolist() == ["", "a"]
    assert from_bytes(text, pack_texts(["", "a"]), 2).tolist() == ["", "a"]


@pytest.mark.parametrize(
    ("kind", "datatype"),
    [("double", "BYTES"), ("double", "BOOL"), ("string", "FP64"), ("boolean", "INT64")],
)
def test_a_datatype_of_another_kind(kind: TypeName, datatype: str) -> None:
    """Numbers, texts and booleans are not taken for one another."""
    with pytest.raises(BadCells, match="a tensor of"):
        from_json(Column("c", kind), [1], 1, datatype)


def test_bad_json_values_are_named() -> None:
    """Each value that the column does not allow is named with its row, as on `/predict`."""
    with pytest.raises(BadCells) as caught:
        from_json(Column("c", "long"), [1, "x", [1.5], None], 4)
    assert [cell.row for cell in caught.value.cells] == [1, 2, 3]


@pytest.mark.parametrize("data", ["{}", "1", '"a"', "[1]", "[1,2,3]", "[[1,2],[3]]", "[1,2"])
def test_data_of_another_shape(data: str) -> None:
    """What is not a list of as many values as the shape says is malformed."""
    with pytest.raises(MalformedBody):
        from_json(Column("c", "long"), data, 2)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("long", bytes(15)),
        ("boolean", bytes(3)),
        ("string", b""),
        ("string", pack_texts(["a"])),
        ("string", pack_texts(["a", "b", "c"])),
        ("string", pack_texts(["a", "b"])[:-1]),
        ("string", pack_texts(["a"]) + b"\xff\xff\xff\xff"),
        ("string", pack_texts(["a"]) + b"\x01\x00\x00\x00\xff"),
    ],
)
def test_bytes_of_another_length(kind: TypeName, data: bytes) -> None:
    """Bytes that are not as many as the shape says, or are not UTF-8, are malformed."""
    with pytest.raises(MalformedBody):
        from_bytes(Column("c", kind), data, 2)


def test_unknown_datatype() -> None:
    """A datatype that V2 does not know is malformed."""
    with pytest.raises(MalformedBody, match="no datatype 'FP65'"):
        from_json(Column("c", "double"), [1], 1, "FP65")


def test_shapes() -> None:
    """A tensor is a column, flat or tall."""
    assert (
        read_row_count(Tensor("x", [3], "FP64")) == read_row_count(Tensor("x", [3, 1], "FP64")) == 3
    )
    for shape in ([], [1, 2], [-1], [1, 1, 1], [3, 0]):
        with pytest.raises(MalformedBody):
            read_row_count(Tensor("x", shape, "FP64"))


@given(
    st.sampled_from([column_type for column_type, _ in OWN]),
    st.booleans(),
    st.sampled_from([*DTYPES, "BYTES", "UINT64", "FP16"]),
    st.binary(max_size=24),
    st.integers(0, 3),
)
def test_any_bytes_are_a_column_or_refused(
    kind: TypeName, required: Any, datatype: str, data: bytes, rows: int
) -> None:
    """Whatever the bytes, they become as many values as the shape says, or are refused."""
    try:
        array = from_bytes(Column("c", kind, required), data, rows, datatype)
    except (MalformedBody, BadCells):
        return
    assert array.shape == (rows,)
