from typing import Any

import pandas as pd
import pytest

from baton_trainer.tables.columns import cells, doubts

ROWS = 400


@pytest.mark.parametrize(
    ("name", "values", "is_suspect"),
    [
        ("n", [3 * row for row in range(ROWS)], True),
        ("customer_id", [3 * (row % 300) for row in range(ROWS)], True),
        ("customerId", [3 * (row % 300) for row in range(ROWS)], True),
        ("paid", [3 * (row % 300) for row in range(ROWS)], False),
        ("price", [row / 7 for row in range(ROWS)], False),
    ],
)
def test_a_number_that_looks_like_an_id_gives_a_warning(
    name: str, values: list[Any], *, is_suspect: bool
) -> None:
    """Its name says so, or no two rows share a value."""
    column = pd.Series(values, name=name)
    assert any(f"--id {name}" in line for line in doubts.list_number_doubts(column)) is is_suspect


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([*range(1, 40), "?"], "because 10 of 400 cells are not numbers, e.g. '?' in row 40"),
        ([*range(1, 40), "(8.89)"], "'(8.89)' in row 40; write negative numbers with a hyphen"),
        ([*range(1, 40), "\u22128.89"], "with a hyphen, e.g. -8.89"),
        ([*range(1, 40), "(none)"], "'(none)' in row 40; leave such cells empty"),
        (
            ["$50.12", "n/k", "-$7"],
            "looks like numbers with a sign, e.g. '$50.12'; if so, write plain",
        ),
        (["50,12 \u20ac", "7 \u20ac"], "looks like numbers with a sign, e.g. '50,12 \u20ac'"),
        (["3", "12.5%"], "looks like numbers with a sign, e.g. '12.5%'"),
        (["7", "1,234.50"], "looks like numbers with thousands separators, e.g. '1,234.50'"),
        (["1,5", "2"], "looks like numbers with a decimal comma; if so, set --decimal ,"),
    ],
)
def test_numbers_read_as_text_give_a_warning(values: list[Any], line: str) -> None:
    """It quotes a cell that makes them text."""
    texts = [str(values[row % len(values)]) for row in range(ROWS)]
    column = cells.convert(pd.Series(texts, dtype=object, name="c"))
    assert line in doubts.list_text_doubts(column)[0]


@pytest.mark.parametrize(
    "values", [["$a", "$b"], ["555 123 456", "555 123 457"], ["$5", "a", "b"], ["A-1,234"]]
)
def test_other_texts_give_no_warning(values: list[str]) -> None:
    """Names, codes and telephone numbers."""
    assert doubts.list_text_doubts(pd.Series(values, dtype=object, name="c")) == []


def test_decimal_points_under_a_decimal_comma_give_a_warning() -> None:
    """The user notices a wrong `--decimal`."""
    column = cells.convert(pd.Series(["1.5", "2.5"] * 9, dtype=object, name="c"), ",")
    assert "decimal point; if so, set --decimal ." in doubts.list_text_doubts(column)[0]


def test_whole_numbers_that_a_model_rounds_give_a_warning() -> None:
    """Only if two values become the same; large numbers alone or fractions do not count."""
    first = doubts.MAX_WHOLE
    even = pd.Series([first + 2 * (row % 9) for row in range(ROWS)], name="n")
    assert list(doubts.list_number_doubts(even)) == []
    assert list(doubts.list_number_doubts(even + 0.1)) == []
    every = pd.Series([first + row % 9 for row in range(ROWS)], name="n")
    (line,) = doubts.list_number_doubts(every)
    assert "column 'n' has whole numbers above 16,777,216, which a model rounds" in line
    assert "5 of 9 distinct values remain" in line
