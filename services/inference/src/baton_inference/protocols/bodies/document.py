"""Reads a JSON document as Python's `json` does, with NaN, Infinity and UTF-16."""

import json
from typing import Any

import msgspec

from baton_inference.errors import MalformedBody

_decoder = msgspec.json.Decoder()


def parse_object(body: bytes) -> dict[str, Any]:
    """Parses the object in a body.

    msgspec reads most bodies, several times as fast. `json` reads the bodies that msgspec rejects.

    Raises:
        MalformedBody: the body is not JSON, not an object, or has a lone surrogate.
    """
    try:
        document = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        document = _parse_slowly(body)
    if not isinstance(document, dict):
        raise MalformedBody("the body is not a JSON object")
    return document


def _parse_slowly(body: bytes) -> Any:
    try:
        document = json.loads(body)
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
    except RecursionError as error:
        raise MalformedBody("the body is nested too deeply") from error
    except UnicodeEncodeError as error:
        raise MalformedBody("the body has a lone surrogate in a string") from error
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise MalformedBody(f"the body is not JSON: {error.msg} (byte {error.pos})") from error
    except ValueError as error:  # an integer of thousands of digits
        raise MalformedBody("the body has a number that is too long") from error
    return document
