"""Reads values of JSON documents from outside: answers of replicas, and tags of the registry."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

MAX_COUNT = 2**53 - 1
"""The greatest integer that every JSON reader keeps exactly."""
MAX_OUTPUTS = 10
"""The number of classes or outputs whose scores are compared."""
MAX_NAME = 256
"""The number of characters of an output's name."""


def require_object(value: object, what: str) -> Mapping[str, Any]:
    """Returns the value if it is an object, else raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"{what} is not an object")  # noqa: TRY004 - one error for all documents
    return value


def require_keys(document: Mapping[str, Any], keys: set[str], what: str) -> None:
    """Raises ValueError unless the object has exactly these keys."""
    if document.keys() != keys:
        wrong = ", ".join(sorted(map(_shorten, document.keys() ^ keys))[:3])
        raise ValueError(f"{what}: unknown or missing: {wrong}")


def require_count(value: object, what: str) -> int:
    """Returns the value if it is a count, else raises ValueError."""
    if type(value) is not int or not 0 <= value <= MAX_COUNT:
        raise ValueError(f"{what} is not a count")
    return value


def require_number(value: object, what: str) -> float:
    """Returns the value if it is a finite number, else raises ValueError."""
    if type(value) not in (int, float) or not isfinite(_to_float(value)):
        raise ValueError(f"{what} is not a number")
    return _to_float(value)


def require_flag(value: object, what: str) -> bool:
    """Returns the value if it is true or false, else raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"{what} is not true or false")  # noqa: TRY004 - as above
    return value


def require_outputs(value: object, what: str) -> Mapping[str, Any]:
    """Returns the value if it is an object with the names of at most ten outputs.

    Raises:
        ValueError: it is none, or a name is too long, or not Unicode: no tag can hold it.
    """
    document = require_object(value, what)
    if len(document) > MAX_OUTPUTS or any(len(name) > MAX_NAME for name in document):
        raise ValueError(f"{what} has more than {MAX_OUTPUTS} outputs, or a name is too long")
    if not all(map(is_unicode, document)):
        raise ValueError(f"{what} has outputs whose names are not Unicode")
    return document


def is_unicode(text: str) -> bool:
    """Whether a text can be encoded. JSON can escape halves of characters, which cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _to_float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:  # an integer of more than 308 digits
        return float("inf")


def _shorten(name: str) -> str:
    return name[:40]
