"""Column values as arrays."""

import numpy as np
import pytest

from baton_engine.tables.columns import ENCODED_MISSING, to_array
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
def test_columns_have_their_type(
    kind: TypeName, values: list[object], dtype: type, *, required: bool
) -> None:
    """If no value is missing."""
    array = to_array(Column("c", kind, required), values)
    assert array.dtype == dtype
    assert array.tolist() == values


@pytest.mark.parametrize("kind", ["boolean", "integer", "long", "float", "double"])
def test_missing_numbers_are_nan(kind: TypeName) -> None:
    array = to_array(Column("c", kind, required=False), [None, 1])
    assert array.dtype == np.float64
    assert np.isnan(array[0])
    assert array[1] == 1


def test_missing_text_is_the_missing_category() -> None:
    array = to_array(Column("c", "string", required=False), [None, "a"])
    assert array.tolist() == [ENCODED_MISSING, "a"]


@pytest.mark.parametrize(("kind", "value"), [("integer", 2**31), ("long", 2**63)])
def test_too_large_number_is_an_error(kind: TypeName, value: int) -> None:
    with pytest.raises(OverflowError):
        to_array(Column("c", kind), [value])
