"""Texts of others as part of our own lines."""

MAX_QUOTED = 200
"""How many characters of a text that a caller or a file chose a message repeats."""


def truncate(text: str, most: int = MAX_QUOTED) -> str:
    """The beginning of a text that somebody else wrote, so that a message stays readable."""
    return text[:most]


def to_one_line(text: object) -> str:
    """`text` with each run of white space made one space; empty for None.

    An error without a text is shown by its type.
    """
    line = " ".join(str("" if text is None else text).split())
    return type(text).__name__ if isinstance(text, BaseException) and not line else line


def get_first_line(error: BaseException) -> str:
    """The first line of an error's text that says something; its type if none does."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
