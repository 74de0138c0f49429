import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files import decimal_mark


def detect(**columns: list[str]) -> str:
    return decimal_mark.detect(pd.DataFrame(columns, dtype=object), "f")


@pytest.mark.parametrize(
    ("columns", "mark"),
    [
        ({"a": ["1.5", "2"]}, "."),
        ({"a": ["1,5", ""], "b": ["x", "y"]}, ","),
        ({"a": ["1,5", "2,5"], "b": ["1,234", "2"]}, ","),
        ({"a": ["1,5", "2,5"], "b": ["v1.5", "x.y"]}, ","),
        ({"a": ["red, blue", "1,5"]}, "."),
    ],
)
def test_the_mark_makes_the_columns_numbers(columns: dict[str, list[str]], mark: str) -> None:
    """Other texts with commas or points do not count."""
    assert detect(**columns) == mark


def test_both_marks_in_one_table_are_rejected() -> None:
    """One of the columns would silently become a category."""
    with pytest.raises(DataError, match="'a' has decimal commas and column 'b' decimal points"):
        detect(a=["1,5", "2"], b=["1.5", "2"])


def test_a_possible_thousands_separator_is_rejected() -> None:
    """A guess could be wrong by a factor of a thousand."""
    with pytest.raises(DataError, match="'a' has '1,234', which may be thousands or a fraction"):
        detect(a=["1,234", "2"])
