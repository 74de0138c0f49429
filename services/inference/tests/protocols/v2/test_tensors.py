"""The decoder of V2 tensors."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from baton_engine.tables.cell_errors import BadCells
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
    """Decodes a tensor whose data is JSON."""
    kind = datatype or COLUMN_TYPES[column.type].v2
    text = data if isinstance(data, str) else json.dumps(data)
    tensor = Tensor(column.name, [rows], kind, {}, Raw(text.encode()))
    return TensorDecoder(column).decode(tensor, None, rows)


def from_bytes(column: Column, data: bytes, rows: int, datatype: str | None = None) -> Any:
    """Decodes a tensor whose data is binary."""
    tensor = Tensor(column.name, [rows], datatype or COLUMN_TYPES[column.type].v2)
    return TensorDecoder(column).decode(tensor, memoryview(data), rows)


def pack(values: Any, datatype: str) -> bytes:
    """Encodes values as binary data."""
    if datatype == "BYTES":
        return pack_texts(values)
    return np.array(values, DTYPES[datatype]).tobytes()


@pytest.mark.parametrize(("kind", "values"), OWN)
def test_values_of_the_columns_datatype_are_decoded(kind: TypeName, values: list[Any]) -> None:
    """They can be JSON of shape [n] or [n, 1], or binary."""
    column = Column("c", kind)
    assert from_json(column, values, 2).tolist() == values
    assert from_json(column, [[value] for value in values], 2).tolist() == values
    assert from_bytes(column, pack(values, COLUMN_TYPES[kind].v2), 2).tolist() == values


@pytest.mark.parametrize("datatype", ["INT32", "INT64", "FP32", "FP64"])
@pytest.mark.parametrize("kind", ["integer", "long", "float", "double"])
def test_numbers_of_another_datatype_are_accepted(kind: TypeName, datatype: str) -> None:
    """They must be in the range of the column's type."""
    assert from_bytes(Column("c", kind), pack([1, 2], datatype), 2, datatype).tolist() == [1, 2]


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
def test_bad_numbers_are_named(kind: TypeName, value: float, datatype: str, message: str) -> None:
    """The error names the row of a number that the column does not allow."""
    data = np.array([1, value], DTYPES[datatype]).tobytes()
    with pytest.raises(BadCells) as caught:
        from_bytes(Column("c", kind), data, 2, datatype)
    assert [cell.row for cell in caught.value.cells] == [1]
    assert message in caught.value.cells[0].message


def test_null_nan_and_empty_text_are_missing_values() -> None:
    """The columns are optional."""
    number, text = Column("c", "double", required=False), Column("c", "string", required=False)
    for array in (
        from_json(number, [None, 1], 2),
        from_bytes(number, pack([math.nan, 1], "FP64"), 2),
        from_bytes(Column("c", "long", required=False), pack([math.nan, 1], "FP32"), 2, "FP32"),
    ):
        assert np.isnan(array).tolist() == [True, False]
    assert from_json(text, [None, "a"], 2).tolist() == ["", "a"]
    assert from_bytes(text, pack_texts(["", "a"]), 2).tolist() == ["", "a"]


@pytest.mark.parametrize(
    ("kind", "datatype"),
    [("double", "BYTES"), ("double", "BOOL"), ("string", "FP64"), ("boolean", "INT64")],
)
def test_a_datatype_of_another_kind_is_refused(kind: TypeName, datatype: str) -> None:
    """Numbers, texts and booleans are not converted to one another."""
    with pytest.raises(BadCells, match="a tensor of"):
        from_json(Column("c", kind), [1], 1, datatype)


def test_bad_json_values_are_named() -> None:
    """The error names the row of each value that the column does not allow, as on `/predict`."""
    with pytest.raises(BadCells) as caught:
        from_json(Column("c", "long"), [1, "x", [1.5], None], 4)
    assert [cell.row for cell in caught.value.cells] == [1, 2, 3]


@pytest.mark.parametrize("data", ["{}", "1", '"a"', "[1]", "[1,2,3]", "[[1,2],[3]]", "[1,2"])
def test_data_of_another_shape_is_malformed(data: str) -> None:
    """It is not a list, or has another number of values than the shape."""
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
def test_bytes_of_another_length_are_malformed(kind: TypeName, data: bytes) -> None:
    """So are texts that are not UTF-8."""
    with pytest.raises(MalformedBody):
        from_bytes(Column("c", kind), data, 2)


def test_an_unknown_datatype_is_malformed() -> None:
    with pytest.raises(MalformedBody, match="datatype 'FP65'"):
        from_json(Column("c", "double"), [1], 1, "FP65")


def test_only_shapes_of_a_column_are_accepted() -> None:
    """These are [n] and [n, 1]."""
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
    """A column has the number of values of the tensor's shape."""
    try:
        array = from_bytes(Column("c", kind, required), data, rows, datatype)
    except (MalformedBody, BadCells):
        return
    assert array.shape == (rows,)
