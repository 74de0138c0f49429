"""Shortens foreign text for use in messages."""

MAX_QUOTED = 200
"""The number of characters that a message quotes from a caller's or a file's text."""


def truncate(text: str, max_characters: int = MAX_QUOTED) -> str:
    """Shortens a foreign text so that a message stays readable."""
    return text[:max_characters]


def to_one_line(text: object) -> str:
    """Replaces each run of white space with one space. None gives an empty text.

    An exception without a message gives the name of its type.
    """
    line = " ".join(str("" if text is None else text).split())
    return type(text).__name__ if isinstance(text, BaseException) and not line else line


def shorten_to_line(text: str, max_characters: int = MAX_QUOTED) -> str:
    """Makes a foreign text one line of printable characters, at most so many."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return truncate(to_one_line(printable), max_characters)


def get_first_line(error: BaseException) -> str:
    """Returns the first non-blank line of an error's message, or the name of its type."""
    lines = (line.strip() for line in str(error).splitlines())
    return next(filter(None, lines), type(error).__name__)
