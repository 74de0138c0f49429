"""The header `Accept`: chooses the media type of the answer.

https://www.rfc-editor.org/rfc/rfc9110#name-accept
"""

from collections.abc import Iterator, Sequence

_ANY = b"*/*"


def choose_media_type(accept: bytes, offered: Sequence[bytes]) -> bytes:
    """Returns the offered media type with the greatest quality.

    Among equal ones, the most specific match wins, then the first. If none is acceptable, the
    result is the first: RFC 9110 permits this, and `mlflow models serve` ignores the header.

    Args:
        accept: the header's value; several headers joined by commas.
        offered: the media types of answers, in lower case, the default first.
    """
    ranges = dict(_parse_ranges(accept))

    def rank(media_type: bytes) -> tuple[float, int]:
        kind, _, _ = media_type.partition(b"/")
        for generality, name in enumerate((media_type, kind + b"/*", _ANY)):
            if name in ranges:
                return ranges[name], -generality
        return 0.0, 0

    best = max(offered, key=rank)
    return best if rank(best)[0] > 0 else offered[0]


def _parse_ranges(accept: bytes) -> Iterator[tuple[bytes, float]]:
    """Yields each media range and its quality. Skips a quality that is not between 0 and 1."""
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
