"""Strict JSON: UTF-8, no duplicate keys, no NaN, limited in size and depth."""

import json
import math
from typing import Any

_MAX_DEPTH = 16


def parse_object(content: bytes, max_bytes: int) -> dict[str, Any]:
    """Parses a JSON object.

    Raises:
        ValueError: the content is too large, or is not strict JSON; the message says why.
    """
    if len(content) > max_bytes:
        raise ValueError(f"is over {max_bytes} bytes")
    try:
        document = json.loads(
            content.decode(),
            object_pairs_hook=_build_unique,
            parse_constant=_reject_constant,
            parse_float=_parse_finite,
        )
        json.dumps(document, ensure_ascii=False).encode()  # fails on lone surrogates
    except (ValueError, RecursionError) as error:  # includes decoding errors
        raise ValueError(f"is not strict JSON: {error}") from error
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 - an error of the content
    if _is_deeper(document, _MAX_DEPTH):
        raise ValueError(f"is nested more than {_MAX_DEPTH} levels deep")
    return document


def _build_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has a key twice")
    return members


def _reject_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _parse_finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(each, levels - 1) for each in inside)
