import pandas as pd
import pytest

from baton_trainer.tables.columns import dates


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-31", "2024-12-01"],
        ["2024-01-31T10:00:00Z", "2024-01-31"],
        ["2024-01-31 10:00:00.123+02:00"],
        ["31.12.2024", "1.2.99"],
        ["12/31/2024", "1/2/2024"],
        ["31/12/2024 23:59"],
        ["2024/01/31"],
        ["1 Jan 2024", "31-DEC-24"],
        ["January 5, 2024"],
        ["10:30", "9:05:01 pm"],
    ],
)
def test_common_forms_are_dates(texts: list[str]) -> None:
    """ISO 8601, day or month first, named months, times of day."""
    assert dates.are_dates(texts)


@pytest.mark.parametrize(
    "texts", [[], ["2024-13-01"], ["1.2.10", "x"], ["10.44.11"], ["2024-01-31", "unknown"], ["12"]]
)
def test_other_texts_are_no_dates(texts: list[str]) -> None:
    """A single other cell makes the column text."""
    assert not dates.are_dates(texts)


@pytest.mark.parametrize(
    ("numbers", "verdict"),
    [
        ([20240131, 19991231], True),
        ([20240131, 20240230], False),
        ([20240131, 20241350], False),
        ([1, 20240131], False),
        ([], False),
    ],
)
def test_dates_in_digits_must_be_in_the_calendar(numbers: list[int], *, verdict: bool) -> None:
    """Other numbers of eight digits stay numbers."""
    assert dates.are_dates_in_digits(pd.Series(numbers, dtype="int64")) is verdict
