"""Texts of others as part of our own lines."""

import pytest

from baton_common.texts import MAX_QUOTED, get_first_line, to_one_line, truncate


@pytest.mark.parametrize(
    ("text", "line"),
    [("why\nwhere", "why"), ("\n  \n why \n", "why"), ("", "ValueError"), (" \n", "ValueError")],
)
def test_the_first_line_of_an_error_says_something(text: str, line: str) -> None:
    """Empty lines are passed over; an error without a text is shown by its type."""
    assert get_first_line(ValueError(text)) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\tb  c ", "a b c"),
        (ValueError("a\nb"), "a b"),
        (ValueError(" "), "ValueError"),
        (None, ""),
        (0, "0"),
    ],
)
def test_any_text_is_one_line(text: object, line: str) -> None:
    """Each run of white space is one space; an error without a text is shown by its type."""
    assert to_one_line(text) == line


def test_a_long_text_is_cut() -> None:
    """A short one stays as it is."""
    assert truncate("x" * 1_000) == "x" * MAX_QUOTED
    assert truncate("x" * 1_000, 3) == "xxx"
    assert truncate("short") == "short"
