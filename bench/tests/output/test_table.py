"""Tables in Markdown."""

import pytest

from bench.output.table import format_number, format_table


def test_columns_are_aligned() -> None:
    """The table is readable as plain text and renders on GitHub."""
    assert format_table(["server", "p50 ms"], [["floor", "0.1"], ["a longer one", "1200.0"]]) == (
        "| server       | p50 ms |\n"
        "| ------------ | -----: |\n"
        "| floor        |    0.1 |\n"
        "| a longer one | 1200.0 |"
    )


def test_table_without_rows_is_its_head() -> None:
    assert format_table(["server"], []) == "| server |\n| ------ |"


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
def test_number_has_significant_digits(value: float | None, text: str) -> None:
    """Counts are whole, measurements have about three digits, and None is a dash."""
    assert format_number(value) == text
