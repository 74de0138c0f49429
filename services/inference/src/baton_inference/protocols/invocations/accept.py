"""The header `Accept`: which of the media types that can be written its sender would rather have.

https://www.rfc-editor.org/rfc/rfc9110#name-accept
"""

from collections.abc import Iterator, Sequence

_ANY = b"*/*"


def choose_media_type(accept: bytes, offered: Sequence[bytes]) -> bytes:
    """The media type to answer in.

    Of those that are wanted as much, the one that is named most exactly, then the first. Where
    none is wanted, the first: RFC 9110 leaves that to the server, and `mlflow models serve` looks
    at no such header.

    Args:
        accept: the header's value; several headers joined by commas.
        offered: what can be written, in lower case, the usual one first.
    """
    ranges = dict(_ranges(accept))

    def rank(media_type: bytes) -> tuple[float, int]:
        kind, _, _ = media_type.partition(b"/")
        for exactness, name in enumerate((media_type, kind + b"/*", _ANY)):
            if name in ranges:
                return ranges[name], -exactness
        return 0.0, 0

    best = max(offered, key=rank)
    return best if rank(best)[0] > 0 else offered[0]


def _ranges(accept: bytes) -> Iterator[tuple[bytes, float]]:
    """Each media range with its quality; one whose quality is no number from 0 to 1 is left out."""
    for element in accept.split(b","):
        name, *parameters = element.split(b";")
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition(b"=")
            if key.strip().lower() == b"q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = -1.0
        if name.strip() and 0 <= quality <= 1:
            yield name.strip().lower(), quality
