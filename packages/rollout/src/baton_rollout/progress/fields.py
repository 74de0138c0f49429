"""Reads typed, bounded fields of a record. Any client may write a tag, so each field is checked."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from baton_common.texts import shorten_to_line
from baton_rollout.json_values import is_unicode, require_count, require_number

MAX_TEXT = 300
"""The number of characters of a text. All texts together fit into a tag; see `record.py`."""
FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Times are computed with; far from the limits of `datetime` that cannot overflow."""
Fields = Mapping[str, Any]
Choice = TypeVar("Choice", bound=str)

_is_token = re.compile(r"[0-9a-f]{8}").fullmatch
_is_version = re.compile(r"[!-~]{1,64}").fullmatch
_is_process = re.compile(r"[A-Za-z0-9_.:-]{1,64}").fullmatch


def shorten(text: str) -> str:
    """Makes a text one printable line that fits into a record."""
    return shorten_to_line(text, MAX_TEXT)


def read_text(document: Fields, name: str) -> str:
    """Reads a text. Raises `ValueError` if it is missing or too long, or no tag can hold it."""
    value = document.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT or not is_unicode(value):
        raise ValueError(f"{name} is not a Unicode text of at most {MAX_TEXT} characters")
    return value


def read_token(document: Fields, name: str) -> str:
    """Reads the token of a rollout. Raises `ValueError` if there is none."""
    if not _is_token(text := read_text(document, name)):
        raise ValueError(f"{name} is not 8 hexadecimal digits")
    return text


def read_version(document: Fields, name: str) -> str:
    """Reads the number of a version, as the registry writes it. Raises `ValueError`."""
    if not _is_version(text := read_text(document, name)):
        raise ValueError(f"{name} is not the number of a version")
    return text


def read_process(document: Fields, name: str) -> str:
    """Reads what identifies a process. Raises `ValueError`."""
    if not _is_process(text := read_text(document, name)):
        raise ValueError(f"{name} does not identify a process")
    return text


def read_choice(document: Fields, name: str, choices: tuple[Choice, ...]) -> Choice:
    """Reads one of the choices. Raises `ValueError` if it is none."""
    for choice in choices:
        if choice == document.get(name):
            return choice
    raise ValueError(f"{name} is none of {', '.join(choices)}")


def read_flag(document: Fields, name: str) -> bool:
    """Reads a boolean. Raises `ValueError` if it is missing or has another type."""
    value = document.get(name)
    if not isinstance(value, bool):
        raise ValueError(f"{name} is neither true nor false")  # noqa: TRY004 - one error for all
    return value


def read_count(document: Fields, name: str) -> int:
    """Reads a count. Raises `ValueError` if there is none."""
    return require_count(document.get(name), name)


def read_number(document: Fields, name: str, most: float) -> float:
    """Reads a number from 0 to `most`. Raises `ValueError` if there is none."""
    value = require_number(document.get(name), name)
    if not 0 <= value <= most:
        raise ValueError(f"{name} is not from 0 to {most:g}")
    return value


def read_time(document: Fields, name: str) -> datetime:
    """Reads a time of this or the next century, with its zone. Raises `ValueError`."""
    at = datetime.fromisoformat(read_text(document, name))
    if at.tzinfo is None or not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{name} is not a time from {FIRST_YEAR} to {LAST_YEAR} with its zone")
    return at
