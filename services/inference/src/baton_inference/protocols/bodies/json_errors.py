"""Describes why msgspec rejects a text as JSON."""

import re

from msgspec import Raw

# One half of a surrogate pair without the other half. The backslash of the escape is not escaped:
# https://www.rfc-editor.org/rfc/rfc8259#section-8.2
_LONE_SURROGATE = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:"
    rb"d[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})"
    rb"|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})",
    re.IGNORECASE,
)


def describe_json_error(text: bytes | Raw, error: Exception) -> str:
    """Describes the error for the sender of the text.

    msgspec reports a lone surrogate as a truncated text, which misleads.
    """
    if _LONE_SURROGATE.search(memoryview(text)):
        return "the body has a lone surrogate in a string"
    return f"the body is not JSON: {error}"
