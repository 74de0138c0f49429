from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells


def typed(*texts: str) -> "pd.Series[Any]":
    return cells.convert(pd.Series(list(texts), dtype=object, name="c"))


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


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["1", "inf"], "'c' holds an infinite number, in row 2"),
        (["1", "", "-1e39"], "'c' holds -1e.39, too large for a model, in row 3.*--drop c"),
    ],
)
def test_a_number_that_cannot_reach_a_model_is_refused(texts: list[str], line: str) -> None:
    """ONNX takes 32-bit floats: infinity is what it would see."""
    with pytest.raises(DataError, match=line):
        cells.check_size(typed(*texts))


def test_the_largest_number_that_can_reach_a_model_passes() -> None:
    """So do whole numbers and texts of any size."""
    cells.check_size(typed("3.4e38", "-3.4e38"))
    cells.check_size(typed("9223372036854775807"))
    cells.check_size(typed("x" * 99))


@pytest.mark.parametrize(
    ("texts", "values"),
    [(["1,5", "-2"], [1.5, -2.0]), (["1,5", "2.5"], ["1,5", "2.5"]), (["1,5", "x"], ["1,5", "x"])],
)
def test_a_decimal_comma_takes_the_place_of_the_point(
    texts: list[str], values: list[object]
) -> None:
    """A point is none then: it may be a thousand's."""
    column = cells.convert(pd.Series(texts, dtype=object), ",")
    assert column.tolist() == values


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        (["1,5", "2"], True),
        (["1.234,5", "0,123"], True),
        (["1,234", "12,345"], None),
        (["1", "2"], False),
        (["1,5", "a"], False),
        (["a, b"], False),
        (["1,2,3"], False),
    ],
)
def test_decimal_commas_are_told_from_those_of_thousands(
    texts: list[str], *, verdict: bool | None
) -> None:
    """Where every comma may be either it is not for us to say."""
    assert cells.has_decimal_commas(texts) is verdict


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (["007", " ", "x"], ["007", None, "x"]),
        ([1, 2], ["1", "2"]),
        ([1.0, np.nan, 3.0], ["1", None, "3"]),
        ([0.5, np.nan], ["0.5", None]),
        ([True, False], ["True", "False"]),
    ],
)
def test_any_column_can_be_text(values: list[object], texts: list[object]) -> None:
    """As callers would write its values."""
    assert cells.convert_to_text(pd.Series(values)).tolist() == texts


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
