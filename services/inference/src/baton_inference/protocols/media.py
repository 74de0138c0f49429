"""The headers that say what a body is, and which of them are understood."""

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
    """The headers that say what a body is.

    Attributes:
        accept: what may be answered, as it was sent; empty where nothing is said.
        media_type: the content type in lower case, without parameters; None where none is given.
        charset: as the content type says, in lower case.
        coding: the content encoding.
        length: of the body as it is sent.
        json_length: of the JSON before the tensors, where V2's binary extension is used.
    """

    __slots__ = ("accept", "charset", "coding", "json_length", "length", "media_type")

    def __init__(self, headers: Headers) -> None:
        """Reads them from the headers of an ASGI scope, whose names are in lower case."""
        self.accept = b""
        self.media_type: bytes | None = None
        self.coding = b"identity"
        self.charset = b"utf-8"
        self.length: int | None = None
        self.json_length: int | None = None
        for name, value in headers:
            if name == b"content-type":
                self.media_type, self.charset = _content_type(value)
            elif name == b"content-encoding":
                self.coding = value.strip().lower() or b"identity"
            elif name == b"content-length":
                self.length = _number(value)
            elif name == b"accept":
                self.accept = self.accept + b"," + value if self.accept else value
            elif name == b"inference-header-content-length":
                self.json_length = _number(value)

    @property
    def is_columnar_body(self) -> bool:
        """Whether the body is Arrow or Parquet, which one process reads."""
        return self.media_type in (ARROW, PARQUET)

    @property
    def is_columnar(self) -> bool:
        """Whether the body is Arrow or Parquet, or the answer may be: work for a thread."""
        return self.is_columnar_body or b"vnd.apache" in self.accept.lower()

    def check(self, media_types: frozenset[bytes | None]) -> None:
        """Raises `UnsupportedMedia` on a content type or encoding that is not spoken."""
        if self.media_type not in media_types:
            found = _shown(self.media_type) if self.media_type else "none"
            allowed = " or ".join(sorted(each.decode() for each in media_types if each))
            raise UnsupportedMedia(f"the content type must be {allowed}, not {found}")
        if self.charset != b"utf-8":
            raise UnsupportedMedia(f"the charset must be utf-8, not {_shown(self.charset)}")
        if self.coding not in (b"identity", b"gzip"):
            raise UnsupportedMedia(
                f"the content encoding must be gzip or identity, not {_shown(self.coding)}"
            )


@lru_cache(maxsize=64)  # callers send the same few, with every request
def _content_type(value: bytes) -> tuple[bytes | None, bytes]:
    """The media type and the charset that a content type names."""
    media_type, *parameters = value.split(b";")
    charset = b"utf-8"
    for parameter in parameters:
        name, _, given = parameter.partition(b"=")
        if name.strip().lower() == b"charset":
            charset = given.strip().strip(b'"').lower()
    return media_type.strip().lower() or None, charset


def _number(value: bytes) -> int:
    """A length; one that no machine could hold where it is none."""
    is_sane = value.isdigit() and len(value) <= _MAX_DIGITS
    return int(value) if is_sane else 10**_MAX_DIGITS


def _shown(value: bytes) -> str:
    return repr(truncate(value.decode("latin-1"), 100))
