"""Reads the bytes of a connection as requests."""

from collections import deque
from typing import Any

import httptools

from baton_inference.web.transport.exchange import Exchange

MAX_HEAD_BYTES = 64 * 1024
"""The request line and the headers; proxies and servers allow 8 to 64 KiB."""

_SPECIAL = frozenset({b"transfer-encoding", b"expect", b"upgrade"})
"""Headers of requests that are not plain."""


class InvalidRequest(Exception):
    """The bytes are not a request that the server accepts.

    Attributes:
        status: the HTTP status of the answer.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class RequestReader:
    """Parses requests with httptools. It knows no sockets.

    Attributes:
        requests: those whose head has arrived, in order. The connection takes them from here.
        current: the request that has not arrived whole; None between two requests.
        received: the bytes of `current` so far.
        is_ended: whether no further request counts. `current` may still arrive.
    """

    def __init__(self) -> None:
        self.requests: deque[Exchange] = deque()
        self.current: Exchange | None = None
        self.received = 0
        self.is_ended = False
        self._parser: Any = httptools.HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Reads bytes.

        Raises:
            InvalidRequest: they are not HTTP/1, or the head is too large.
        """
        if self.is_ended and self.current is None:
            return  # RFC 9112, 9.6: nothing counts after the last request
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # RFC 9110, 7.8: a server may ignore it. The parser takes the rest for another protocol.
            self.is_ended = True
        except httptools.HttpParserError as error:
            if not self.is_ended or self.current is not None:
                raise InvalidRequest(400, "Invalid HTTP request received.") from error
        if self.current is None:
            self.received = 0
        elif self.current.is_head and self.received > MAX_HEAD_BYTES:
            raise InvalidRequest(431, f"the head of the request exceeds {MAX_HEAD_BYTES} bytes")

    def close(self) -> None:
        """Ends reading, and frees the parser, which refers to this object."""
        self.is_ended = True
        self.current = self._parser = None
        self.requests.clear()

    def on_message_begin(self) -> None:
        """Called by the parser, as the other methods below."""
        if not self.is_ended:
            self.current = Exchange()

    def on_url(self, piece: bytes) -> None:
        """Takes a piece of the request target."""
        if self.current is not None:
            self.current.target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header. Trailers of a body are ignored: RFC 9110, 6.5.1."""
        current = self.current
        if current is not None and current.is_head:
            name = name.lower()
            if name in _SPECIAL:
                current.is_plain = False
            current.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Hands the request on; its body may follow."""
        current = self.current
        if current is None:
            return
        parser = self._parser
        current.is_head = False
        current.method = parser.get_method().decode()
        current.version = parser.get_http_version()
        current.keeps_alive = (
            parser.should_keep_alive()
            and not parser.should_upgrade()
            and current.version != "1.0"  # its clients rarely keep connections open
        )
        if not current.keeps_alive:
            self.is_ended = True
            current.is_plain = False
        elif current.method != "POST":
            current.is_plain = False
        self.requests.append(current)

    def on_body(self, piece: bytes) -> None:
        """Takes a piece of the body. After the answer, it is dropped."""
        if self.current is not None and not self.current.is_answered:
            self.current.add_body(piece)

    def on_message_complete(self) -> None:
        """Ends the request."""
        if self.current is not None:
            self.current.is_whole = True
            self.current = None
