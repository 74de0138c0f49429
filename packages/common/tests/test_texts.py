"""Foreign text in messages."""

import pytest

from baton_common.texts import MAX_QUOTED, get_first_line, to_one_line, truncate


@pytest.mark.parametrize(
    ("text", "line"),
    [("why\nwhere", "why"), ("\n  \n why \n", "why"), ("", "ValueError"), (" \n", "ValueError")],
)
def test_first_line_of_an_error_is_not_blank(text: str, line: str) -> None:
    """Blank lines are skipped; an error without a message gives its type."""
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
def test_white_space_becomes_one_space(text: object, line: str) -> None:
    assert to_one_line(text) == line


def test_long_text_is_truncated() -> None:
    """A short text does not change."""
    assert truncate("x" * 1_000) == "x" * MAX_QUOTED
    assert truncate("x" * 1_000, 3) == "xxx"
    assert truncate("short") == "short"
