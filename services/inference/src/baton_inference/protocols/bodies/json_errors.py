"""What to say of a text that msgspec does not read as JSON."""

import re

from msgspec import Raw

# A half of a pair without the other one, the escape's own backslash not being escaped itself:
# https://www.rfc-editor.org/rfc/rfc8259#section-8.2
_LONE_SURROGATE = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:"
    rb"d[89ab][0-9a-f]{2}(?!\\ud[c-f][0-9a-f]{2})"
    rb"|(?<!\\ud[89ab][0-9a-f]{2}\\u)d[c-f][0-9a-f]{2})",
    re.IGNORECASE,
)


def describe_json_error(text: bytes | Raw, error: Exception) -> str:
    """What is wrong, for whoever sent the text.

    msgspec says of a lone surrogate that the text was cut off.
    """
    if _LONE_SURROGATE.search(memoryview(text)):
        return "the body has a lone surrogate in a text"
    return f"the body is not JSON: {error}"
