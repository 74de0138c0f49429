"""Tables in Markdown."""

import pytest

from bench.output.table import markdown, number, ratio


def test_numbers_stand_below_each_other() -> None:
    """A table can be read as it is, and is a table on GitHub."""
    assert markdown(["server", "p50 ms"], [["floor", "0.1"], ["a longer one", "1200.0"]]) == (
        "| server       | p50 ms |\n"
        "| ------------ | -----: |\n"
        "| floor        |    0.1 |\n"
        "| a longer one | 1200.0 |"
    )


def test_a_table_without_rows_is_its_head() -> None:
    """Where nothing could be measured, the table says what would have been."""
    assert markdown(["server"], []) == "| server |\n| ------ |"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1234, "0.12"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
        (0, "0"),
        (1200, "1,200"),
        (None, "–"),  # noqa: RUF001 - the dash of an empty cell
        (float("nan"), "–"),  # noqa: RUF001 - same
    ],
)
def test_a_number_has_the_digits_that_mean_something(value: float | None, text: str) -> None:
    """Counts are whole, measures have about three digits, and nothing is a dash."""
    assert number(value) == text


def test_a_ratio_to_nothing_is_a_dash() -> None:
    """A peer that did not run has no figures to compare with."""
    assert ratio(3.0, 2.0) == "1.50"
    assert ratio(3.0, None) == ratio(None, 2.0) == ratio(3.0, 0.0) == number(None)
