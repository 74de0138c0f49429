from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from baton_trainer.errors import DataError
from baton_trainer.tables.columns import cells


def convert(*texts: str) -> "pd.Series[Any]":
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
    column = convert(*texts)
    assert column.dtype == dtype
    assert column.tolist() == values


@pytest.mark.parametrize("marker", ["", "   ", "NA", "n/a", "NaN", "null"])
def test_missing_values_do_not_change_the_type(marker: str) -> None:
    """Only whole numbers become float64; among booleans and texts, missing is None."""
    numbers = convert("1", marker, "3")
    assert numbers.dtype == np.float64
    assert np.isnan(numbers[1])
    assert convert("true", marker).tolist() == [True, None]
    assert convert("x", marker).tolist() == ["x", None]


def test_an_empty_column_is_all_none() -> None:
    """Its type is unknown."""
    assert convert("", " ").tolist() == [None, None]


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["1", "inf"], "'c' has an infinite number in row 2"),
        (["1", "", "-1e39"], "'c' has -1e.39, too large for a model, in row 3.*--drop c"),
    ],
)
def test_a_number_too_large_for_a_model_is_rejected(texts: list[str], line: str) -> None:
    """ONNX takes 32-bit floats and would see infinity."""
    with pytest.raises(DataError, match=line):
        cells.check_size(convert(*texts))


def test_the_largest_number_for_a_model_is_accepted() -> None:
    """So do whole numbers and texts of any size."""
    cells.check_size(convert("3.4e38", "-3.4e38"))
    cells.check_size(convert("9223372036854775807"))
    cells.check_size(convert("x" * 99))


@pytest.mark.parametrize(
    ("texts", "values"),
    [(["1,5", "-2"], [1.5, -2.0]), (["1,5", "2.5"], ["1,5", "2.5"]), (["1,5", "x"], ["1,5", "x"])],
)
def test_a_decimal_comma_replaces_the_point(texts: list[str], values: list[object]) -> None:
    """A number with a point is text then: the point may separate thousands."""
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
def test_decimal_commas_differ_from_thousands_separators(
    texts: list[str], *, verdict: bool | None
) -> None:
    """None if every comma may be either."""
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
def test_any_column_can_be_converted_to_text(values: list[object], texts: list[object]) -> None:
    """The texts are what callers would write."""
    assert cells.convert_to_text(pd.Series(values)).tolist() == texts


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_whole_numbers_keep_every_digit(numbers: list[int]) -> None:
    """They must fit 64 bits."""
    assert convert(*map(str, numbers)).tolist() == numbers


@pytest.mark.parametrize(
    ("texts", "is_text"),
    [(["a", ""], True), (["true", ""], False), (["true", "false"], False), (["1", ""], False)],
)
def test_text_differs_from_booleans_with_missing_values(texts: list[str], is_text: bool) -> None:  # noqa: FBT001
    """Both are object columns; only text is one-hot encoded."""
    assert cells.is_text(convert(*texts)) is is_text
