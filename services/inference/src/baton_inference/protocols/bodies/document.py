"""A JSON document, read as Python's own `json` reads it: NaN, Infinity and UTF-16 included."""

import json
from typing import Any

import msgspec

from baton_inference.errors import MalformedBody

_decoder = msgspec.json.Decoder()


def parse_object(body: bytes) -> dict[str, Any]:
    """The object that the body holds.

    msgspec reads most bodies, several times as fast; what it refuses, `json` decides.

    Raises:
        MalformedBody: not JSON, not an object, or with a lone surrogate in it.
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
        raise MalformedBody("the body has a lone surrogate in a text") from error
    except UnicodeDecodeError as error:
        raise MalformedBody(f"the body is not UTF-8 (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise MalformedBody(f"the body is not JSON: {error.msg} (byte {error.pos})") from error
    except ValueError as error:  # an integer of thousands of digits
        raise MalformedBody("the body has a number that is too long") from error
    return document
