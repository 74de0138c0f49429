"""The head of an answer: the status line and the headers, as bytes."""

from functools import lru_cache
from http import HTTPStatus

from baton_inference.protocols.media import Headers

CLOSE = b"connection: close\r\n"


def encode_head(status: int, headers: Headers, date: bytes, *, closes: bool) -> bytes:
    """Encodes the head of an answer.

    Args:
        status: the HTTP status.
        headers: the headers of the answer, in the order in which they are sent.
        date: the value of the `Date` header.
        closes: whether the server closes the connection after the answer.

    Raises:
        ValueError: a header contains a line break, which would forge another header.
    """
    lines = [_encode_status_line(status)]
    for name, value in headers:
        lines.append(b"%b: %b\r\n" % (name, value))
    head = b"".join(lines)
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines):
        raise ValueError("a header of the answer contains a line break")
    return b"%bdate: %b\r\n%b\r\n" % (head, date, CLOSE if closes else b"")


@lru_cache(maxsize=64)
def _encode_status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
