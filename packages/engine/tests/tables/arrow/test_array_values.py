"""Arrow arrays of every type, as pyarrow creates them."""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from arro3.core import Array

from baton_engine.tables.arrow.array_values import read_values
from baton_engine.tables.values import Texts, Unsupported

INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
INTEGERS += [pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
FLOATS = [pa.float16(), pa.float32(), pa.float64()]
TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


def read(values: Any, kind: Any = None) -> Any:
    """The values of a pyarrow array: a list where they are texts."""
    values_read = read_values(Array.from_arrow(pa.array(values, kind) if kind else values))
    return values_read.to_list() if isinstance(values_read, Texts) else values_read


@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_numbers_keep_their_type(kind: Any) -> None:
    """If no value is missing."""
    result = read(pa.array(np.array([1, 100], kind.to_pandas_dtype()), kind))
    assert result.dtype == kind.to_pandas_dtype()
    assert result.tolist() == [1, 100]


@pytest.mark.parametrize("kind", [*INTEGERS, *FLOATS, pa.bool_(), pa.decimal128(9, 2)])
def test_missing_number_is_nan(kind: Any) -> None:
    """Booleans become 0 and 1."""
    one = Decimal(1) if pa.types.is_decimal(kind) else kind.to_pandas_dtype()(1)
    result = read([one, None], kind)
    assert result.dtype == np.float64
    assert result[0] == 1
    assert math.isnan(result[1])


def test_booleans_keep_their_type() -> None:
    assert read([True, False], pa.bool_()).dtype == np.bool_


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (["1.00", "9007199254740993.00"], np.int64),
        (["0.5", "2"], np.float64),
        (["1e20"], np.float64),
    ],
)
def test_decimals(values: list[str], dtype: Any) -> None:
    """Whole decimals are exact integers; others are floats."""
    decimals = [Decimal(value) for value in values]
    result = read(decimals, pa.decimal128(38, 2))
    assert result.dtype == dtype
    assert result.tolist() == decimals


@pytest.mark.parametrize("kind", TEXTS)
def test_texts(kind: Any) -> None:
    """Of every text type, with None for missing ones."""
    assert read(["a", None, "é", "", "a"], kind) == ["a", None, "é", "", "a"]
    assert read(["a", "b"], kind) == ["a", "b"]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("index", [pa.int8(), pa.uint8(), pa.int32(), pa.int64()])
def test_dictionaries_of_text(kind: Any, index: Any) -> None:
    """With every index type and missing values."""
    array = pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0, 1, 2], index), pa.array(["a", "b", None], kind)
    )
    assert read(array) == ["b", None, "a", "b", None]


def test_dictionaries_of_numbers() -> None:
    full = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], pa.int8()), pa.array([5, 7]))
    assert read(full).tolist() == [7, 5, 7]
    gaps = pa.DictionaryArray.from_arrays(pa.array([1, None], pa.int8()), pa.array([5, 7]))
    assert read(gaps)[0] == 7
    assert math.isnan(read(gaps)[1])


def test_slice_is_read_as_its_part() -> None:
    assert read(pa.array(["a", "b", None]).slice(1)) == ["b", None]
    assert read(pa.array([1, 2, 3]).slice(1)).tolist() == [2, 3]
    assert read(pa.array(["a", "b"]).dictionary_encode().slice(1)) == ["b"]


def test_null_type_is_missing_values() -> None:
    assert read(pa.nulls(2)) == [None, None]


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (pa.array([1], pa.date32()), "Date32"),
        (pa.array([1], pa.timestamp("us", "UTC")), "Timestamp"),
        (pa.array([b"a"]), "Binary"),
        (pa.array([[1]]), "List"),
        (pa.array([{"a": 1}]), "Struct"),
        (pa.array([b"a"]).dictionary_encode(), "Binary"),
    ],
)
def test_other_types_are_unsupported(array: Any, kind: str) -> None:
    assert read(array) == Unsupported(kind)


def test_empty_arrays() -> None:
    assert read([], pa.string()) == []
    assert read([], pa.int64()).tolist() == []
    assert read(pa.array([], pa.string()).dictionary_encode()) == []
