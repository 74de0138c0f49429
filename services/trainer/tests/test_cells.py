from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_trainer import cells
from baton_trainer.errors import DataError


def typed(*texts: str) -> "pd.Series[Any]":
    return cells.typed(pd.Series(list(texts), dtype=object, name="c"))


@pytest.mark.parametrize(
    ("texts", "dtype", "values"),
    [
        (["1", "-2", " 3"], np.int64, [1, -2, 3]),
        (["1", "2.5"], np.float64, [1.0, 2.5]),
        (["1", "9223372036854775808"], np.float64, [1.0, 2.0**63]),
        (["True", "false", " TRUE"], np.bool_, [True, False, True]),
        (["a", " b", "None"], np.object_, ["a", " b", "None"]),
        (["1", "x"], np.object_, ["1", "x"]),
        (["00501", "10001"], np.object_, ["00501", "10001"]),
        (["true", "1"], np.object_, ["true", "1"]),
    ],
)
def test_a_column_has_the_narrowest_type_that_fits_all_its_cells(
    texts: list[str], dtype: type, values: list[object]
) -> None:
    """Whole numbers, numbers, booleans, text, in this order; codes with leading zeros are text."""
    column = typed(*texts)
    assert column.dtype == dtype
    assert column.tolist() == values


@pytest.mark.parametrize("gap", ["", "   ", "NA", "n/a", "NaN", "null"])
def test_gaps_leave_the_type_to_the_other_cells(gap: str) -> None:
    """A gap makes whole numbers fractional, and is None among booleans and texts."""
    numbers = typed("1", gap, "3")
    assert numbers.dtype == np.float64
    assert np.isnan(numbers[1])
    assert typed("true", gap).tolist() == [True, None]
    assert typed("x", gap).tolist() == ["x", None]


def test_a_column_of_gaps_alone_is_all_none() -> None:
    """Nothing is made up for a column that says nothing."""
    assert typed("", " ").tolist() == [None, None]


def test_an_infinite_number_is_refused_by_its_column() -> None:
    """No estimator takes infinity, and no caller can send it."""
    with pytest.raises(DataError, match=r"'c'.*infinite"):
        typed("1", "inf")


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_whole_numbers_survive_unchanged(numbers: list[int]) -> None:
    """What fits 64 bits is read to the last digit."""
    assert typed(*map(str, numbers)).tolist() == numbers


@pytest.mark.parametrize(
    ("texts", "is_text"),
    [(["a", ""], True), (["true", ""], False), (["true", "false"], False), (["1", ""], False)],
)
def test_text_is_told_from_booleans_with_gaps(texts: list[str], is_text: bool) -> None:  # noqa: FBT001
    """Both are object columns; only one of them is one-hot encoded."""
    assert cells.is_text(typed(*texts)) is is_text
