"""Where a table is: a path on this machine, or the URL of a file elsewhere or of a database."""

from pathlib import Path
from urllib.parse import urlsplit

from baton_common.paths import expand_home

Location = Path | str
"""A path, or a URL without a password."""


def is_url(text: str) -> bool:
    """Whether a text is a URL, and not a path."""
    return "://" in text


def parse_location(value: object) -> Location:
    """Parses the text of a location; `~` in a path is expanded.

    Raises:
        ValueError: it is no text, or a URL with a password, which the run record and the list of
            processes would show.
    """
    if not isinstance(value, str | Path):
        raise ValueError("not a text")  # noqa: TRY004 - pydantic's
    text = str(value)
    if not is_url(text):
        return expand_home(Path(text))
    if urlsplit(text).password:
        raise ValueError("a URL with a password")
    return text


def strip_credentials(uri: str) -> str:
    """Removes username and password from a URI, for messages."""
    parts = urlsplit(uri)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
