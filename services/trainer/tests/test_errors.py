import pytest

from baton_trainer.errors import first_line


@pytest.mark.parametrize(
    ("text", "line"),
    [("one\ntwo", "one"), ("\n\n  late  \n", "late"), ("", "ValueError")],
)
def test_the_first_line_that_says_something_stands_for_an_error(text: str, line: str) -> None:
    """A text of many lines is cut to its first; an error without a text is named by its type."""
    assert first_line(ValueError(text)) == line
