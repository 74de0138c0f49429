"""Arrow arrays of every type, as pyarrow makes them."""

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from arro3.core import Array

from baton_engine.tables.arrow_values import read_values
from baton_engine.tables.values import Texts, Unsupported

INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
INTEGERS += [pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
FLOATS = [pa.float16(), pa.float32(), pa.float64()]
TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


def read(values: Any, kind: Any = None) -> Any:
    """The values of a pyarrow array: a list where they are texts."""
    found = read_values(Array.from_arrow(pa.array(values, kind) if kind else values))
    return found.to_list() if isinstance(found, Texts) else found


@pytest.mark.parametrize("kind", INTEGERS + FLOATS)
def test_numbers_keep_their_type(kind: Any) -> None:
    """Without a gap, the array is the one that Arrow has."""
    found = read(pa.array(np.array([1, 100], kind.to_pandas_dtype()), kind))
    assert found.dtype == kind.to_pandas_dtype()
    assert found.tolist() == [1, 100]


@pytest.mark.parametrize("kind", [*INTEGERS, *FLOATS, pa.bool_(), pa.decimal128(9, 2)])
def test_a_missing_number_is_nan(kind: Any) -> None:
    """With a gap they are floats, NaN for the gap; a boolean is 0 or 1."""
    one = Decimal(1) if pa.types.is_decimal(kind) else kind.to_pandas_dtype()(1)
    found = read([one, None], kind)
    assert found.dtype == np.float64
    assert found[0] == 1
    assert math.isnan(found[1])


def test_booleans() -> None:
    """Booleans stay what they are."""
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
    """Whole decimals are whole numbers, to the last digit; others are floats."""
    decimals = [Decimal(value) for value in values]
    found = read(decimals, pa.decimal128(38, 2))
    assert found.dtype == dtype
    assert found.tolist() == decimals


@pytest.mark.parametrize("kind", TEXTS)
def test_texts(kind: Any) -> None:
    """Every kind of text is text, None for a gap."""
    assert read(["a", None, "é", "", "a"], kind) == ["a", None, "é", "", "a"]
    assert read(["a", "b"], kind) == ["a", "b"]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("index", [pa.int8(), pa.uint8(), pa.int32(), pa.int64()])
def test_dictionaries_of_text(kind: Any, index: Any) -> None:
    """A dictionary is looked up, whatever counts its entries; gaps stay gaps."""
    array = pa.DictionaryArray.from_arrays(
        pa.array([1, None, 0, 1, 2], index), pa.array(["a", "b", None], kind)
    )
    assert read(array) == ["b", None, "a", "b", None]


def test_dictionaries_of_numbers() -> None:
    """So is a dictionary of numbers."""
    full = pa.DictionaryArray.from_arrays(pa.array([1, 0, 1], pa.int8()), pa.array([5, 7]))
    assert read(full).tolist() == [7, 5, 7]
    gaps = pa.DictionaryArray.from_arrays(pa.array([1, None], pa.int8()), pa.array([5, 7]))
    assert read(gaps)[0] == 7
    assert math.isnan(read(gaps)[1])


def test_a_slice_is_read_as_such() -> None:
    """An array that is part of another gives its own part."""
    assert read(pa.array(["a", "b", None]).slice(1)) == ["b", None]
    assert read(pa.array([1, 2, 3]).slice(1)).tolist() == [2, 3]
    assert read(pa.array(["a", "b"]).dictionary_encode().slice(1)) == ["b"]


def test_nulls_are_gaps() -> None:
    """Arrow's own type for a column without a value is a column of gaps."""
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
def test_other_types_are_odd(array: Any, kind: str) -> None:
    """What is neither numbers nor text is told by its type."""
    assert read(array) == Unsupported(kind)


def test_no_rows() -> None:
    """An empty array has no values, of its kind."""
    assert read([], pa.string()) == []
    assert read([], pa.int64()).tolist() == []
    assert read(pa.array([], pa.string()).dictionary_encode()) == []
