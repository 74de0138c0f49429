"""The headers that say what a body is, and which of them are understood."""

from collections.abc import Iterable

from baton_inference.errors import UnsupportedMedia

_MAX_DIGITS = 18


class MediaHeaders:
    """The headers that say what a body is."""

    __slots__ = ("coding", "length", "media_type")

    def __init__(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Reads them from the headers of an ASGI scope, whose names are in lower case."""
        self.media_type: bytes | None = None
        self.coding = b"identity"
        self.length: int | None = None
        for name, value in headers:
            if name == b"content-type":
                self.media_type = value.partition(b";")[0].strip().lower()
            elif name == b"content-encoding":
                self.coding = value.strip().lower() or b"identity"
            elif name == b"content-length":
                is_sane = value.isdigit() and len(value) <= _MAX_DIGITS
                self.length = int(value) if is_sane else 10**_MAX_DIGITS

    def check(self, media_types: frozenset[bytes]) -> None:
        """Raises `UnsupportedMedia` on a content type or encoding that is not spoken."""
        if self.media_type not in media_types:
            found = _shown(self.media_type) if self.media_type else "none"
            allowed = " or ".join(sorted(each.decode() for each in media_types))
            raise UnsupportedMedia(f"the content type must be {allowed}, not {found}")
        if self.coding not in (b"identity", b"gzip"):
            raise UnsupportedMedia(
                f"the content encoding must be gzip or identity, not {_shown(self.coding)}"
            )


def _shown(value: bytes) -> str:
    return repr(value[:100].decode("latin-1"))
