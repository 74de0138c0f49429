import pandas as pd
import pytest

from baton_trainer.errors import DataError
from baton_trainer.tables.files import decimal_mark


def found_out(**columns: list[str]) -> str:
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
def test_it_is_what_makes_numbers_of_columns(columns: dict[str, list[str]], mark: str) -> None:
    """Texts with commas or points in them are no evidence."""
    assert found_out(**columns) == mark


def test_both_marks_in_one_table_are_refused() -> None:
    """One of the columns would silently be categories."""
    with pytest.raises(DataError, match="'a' has decimal commas and column 'b' decimal points"):
        found_out(a=["1,5", "2"], b=["1.5", "2"])


def test_what_may_be_thousands_is_refused() -> None:
    """A factor of a thousand is not to be guessed."""
    with pytest.raises(DataError, match="'a' holds '1,234', which may be thousands or a fraction"):
        found_out(a=["1,234", "2"])
