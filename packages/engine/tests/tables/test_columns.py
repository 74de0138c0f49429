"""Values of a column as arrays."""

import numpy as np
import pytest

from baton_engine.tables.columns import MISSING_TEXT, to_array
from baton_registry.versions.schema import Column, TypeName


@pytest.mark.parametrize(
    ("kind", "values", "dtype"),
    [
        ("boolean", [True, False], np.bool_),
        ("integer", [-(2**31), 2**31 - 1], np.int32),
        ("long", [-(2**63), 2**63 - 1], np.int64),
        ("float", [0.5, 3], np.float32),
        ("double", [0.1, 3], np.float64),
        ("string", ["a", ""], np.object_),
    ],
)
@pytest.mark.parametrize("required", [True, False])
def test_types(kind: TypeName, values: list[object], dtype: type, *, required: bool) -> None:
    """Without gaps a column has its own type, be it required or not, and keeps its values."""
    array = to_array(Column("c", kind, required), values)
    assert array.dtype == dtype
    assert array.tolist() == values


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double"])
def test_missing_numbers_are_nan(kind: TypeName) -> None:
    """A missing number of any kind is NaN, and the others keep their values."""
    array = to_array(Column("c", kind, required=False), [None, 1])
    assert array.dtype == np.float64
    assert np.isnan(array[0])
    assert array[1] == 1


def test_missing_text() -> None:
    """Missing text is the text that no trained category has."""
    array = to_array(Column("c", "string", required=False), [None, "a"])
    assert array.tolist() == [MISSING_TEXT, "a"]


@pytest.mark.parametrize(("kind", "value"), [("integer", 2**31), ("long", 2**63)])
def test_too_large_a_number(kind: TypeName, value: int) -> None:
    """A whole number beyond its type is an error, never another number."""
    with pytest.raises(OverflowError):
        to_array(Column("c", kind), [value])
