"""The head of an answer: the status line and the headers, as bytes."""

from functools import lru_cache
from http import HTTPStatus

from baton_inference.protocols.media import Headers

_LINES_AROUND = 2
"""The status line and the empty line."""


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
        lines += (name, b": ", value, b"\r\n")
    count = len(lines) // 4 + 1 + _LINES_AROUND
    lines += (b"date: ", date, b"\r\n")
    if closes:
        lines.append(b"connection: close\r\n")
        count += 1
    lines.append(b"\r\n")
    head = b"".join(lines)
    if head.count(b"\n") != count or head.count(b"\r") != count:
        raise ValueError("a header of the answer contains a line break")
    return head


@lru_cache(maxsize=64)
def _encode_status_line(status: int) -> bytes:
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
