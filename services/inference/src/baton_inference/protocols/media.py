"""The headers that describe a body, and the check whether the service supports it."""

from collections.abc import Iterable
from functools import lru_cache

from baton_common.texts import truncate
from baton_inference.errors import UnsupportedMedia

Headers = Iterable[tuple[bytes, bytes]]
"""Names in lower case, and values."""
JSON = b"application/json"
ARROW = b"application/vnd.apache.arrow.stream"
PARQUET = b"application/vnd.apache.parquet"
_MAX_DIGITS = 18


class MediaHeaders:
    """The headers that describe a body.

    Attributes:
        accept: the `Accept` header as it was sent; empty if absent.
        media_type: the content type in lower case, without parameters; None if absent.
        charset: the charset of the content type, in lower case.
        coding: the content encoding.
        length: the length of the body as it was sent.
        json_length: the length of the JSON before the tensors in V2's binary extension.
    """

    __slots__ = ("accept", "charset", "coding", "json_length", "length", "media_type")

    def __init__(self, headers: Headers) -> None:
        """Reads the headers of an ASGI scope, whose names are in lower case."""
        self.accept = b""
        self.media_type: bytes | None = None
        self.coding = b"identity"
        self.charset = b"utf-8"
        self.length: int | None = None
        self.json_length: int | None = None
        for name, value in headers:
            if name == b"content-type":
                self.media_type, self.charset = _parse_content_type(value)
            elif name == b"content-encoding":
                self.coding = value.strip().lower() or b"identity"
            elif name == b"content-length":
                self.length = _parse_length(value)
            elif name == b"accept":
                self.accept = self.accept + b"," + value if self.accept else value
            elif name == b"inference-header-content-length":
                self.json_length = _parse_length(value)

    @property
    def is_columnar_body(self) -> bool:
        """Whether the body is Arrow or Parquet, which the reader process reads."""
        return self.media_type in (ARROW, PARQUET)

    @property
    def is_columnar(self) -> bool:
        """Whether the body or the answer may be Arrow or Parquet, which needs a thread."""
        if self.accept and b"vnd.apache" in self.accept.lower():
            return True
        return self.media_type in (ARROW, PARQUET)

    def check(self, media_types: frozenset[bytes | None]) -> None:
        """Raises `UnsupportedMedia` if the content type or encoding is not supported."""
        if self.media_type not in media_types:
            allowed = " or ".join(sorted(each.decode() for each in media_types if each))
            if not self.media_type:
                raise UnsupportedMedia(f"the content type is missing; it must be {allowed}")
            sent = _quote(self.media_type)
            raise UnsupportedMedia(f"the content type must be {allowed}, not {sent}")
        if self.charset != b"utf-8":
            raise UnsupportedMedia(f"the charset must be utf-8, not {_quote(self.charset)}")
        if self.coding not in (b"identity", b"gzip"):
            raise UnsupportedMedia(
                f"the content encoding must be gzip or identity, not {_quote(self.coding)}"
            )


@lru_cache(maxsize=64)  # callers send the same few values with every request
def _parse_content_type(value: bytes) -> tuple[bytes | None, bytes]:
    """Returns the media type and the charset of a content type."""
    media_type, *parameters = value.split(b";")
    charset = b"utf-8"
    for parameter in parameters:
        name, _, content = parameter.partition(b"=")
        if name.strip().lower() == b"charset":
            charset = content.strip().strip(b'"').lower()
    return media_type.strip().lower() or None, charset


def _parse_length(value: bytes) -> int:
    """Parses a length. An invalid one becomes a length beyond every limit."""
    is_valid = value.isdigit() and len(value) <= _MAX_DIGITS
    return int(value) if is_valid else 10**_MAX_DIGITS


def _quote(value: bytes) -> str:
    return repr(truncate(value.decode("latin-1"), 100))
