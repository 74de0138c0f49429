"""Reads typed, bounded fields of a record. Any client may write a tag, so each field is checked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from baton_rollout.json_values import require_count, require_number

MAX_TEXT = 2000
Fields = Mapping[str, Any]


def read_text(document: Fields, name: str) -> str:
    """Reads a text. Raises `ValueError` if it is missing, too long, or has another type."""
    value = document.get(name)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise ValueError(f"{name} is not a text of at most {MAX_TEXT} characters")
    return value


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
    """Reads a time with its zone. Raises `ValueError` if there is none."""
    at = datetime.fromisoformat(read_text(document, name))
    if at.tzinfo is None:
        raise ValueError(f"{name} is a time without a zone")
    return at
