"""Reads the bytes of a connection as requests."""

from collections import deque
from typing import Any

import httptools

from baton_inference.web.transport.exchange import Exchange

MAX_HEAD_BYTES = 64 * 1024
"""The request line and the headers, or what surrounds the body: chunk extensions and trailers.
Proxies and servers allow 8 to 64 KiB."""
_FRAMED_BYTES = 8
"""A byte of body accounts for as many bytes: the shortest chunk carries one byte in six."""

_VERSIONS = ("1.0", "1.1")
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
        received: the bytes of `current` so far, without those that arrived together with the end
            of an earlier request: the parser does not tell where a request begins.
        is_ended: whether no further request counts. `current` may still arrive.
    """

    def __init__(self) -> None:
        self.requests: deque[Exchange] = deque()
        self.current: Exchange | None = None
        self.received = 0
        self.is_ended = False
        self._overhead = 0  # the part of `received` that the body does not account for
        self._hosts = 0
        self._fault: InvalidRequest | None = None
        self._parser: Any = httptools.HttpRequestParser(self)

    def feed(self, data: bytes) -> None:
        """Reads bytes.

        Raises:
            InvalidRequest: they are not HTTP/1 that the server accepts, or the head, the chunk
                extensions or the trailers are too large.
        """
        if self.is_ended and self.current is None:
            return  # RFC 9112, 9.6: nothing counts after the last request
        self.received += len(data)
        self._overhead += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # RFC 9110, 7.8: a server may ignore it. The parser takes the rest for another protocol.
            self.is_ended = True
        except httptools.HttpParserError as error:
            if not self.is_ended or self.current is not None:
                raise InvalidRequest(400, "Invalid HTTP request received.") from error
        if self._fault is not None:
            raise self._fault
        if self.current is None:
            self.received = self._overhead = 0
        elif self._overhead > MAX_HEAD_BYTES:
            part = "head" if self.current.is_head else "framing of the body"
            raise InvalidRequest(431, f"the {part} of the request exceeds {MAX_HEAD_BYTES} bytes")

    def drop_incomplete(self) -> None:
        """Ends reading after the requests that have arrived whole."""
        self.is_ended = True
        if self.requests and self.requests[-1] is self.current:
            self.requests.pop()
        self.current = None

    def close(self) -> None:
        """Ends reading, and frees the parser, which refers to this object."""
        self.is_ended = True
        self.current = self._parser = None
        self.requests.clear()

    def on_message_begin(self) -> None:
        """Called by the parser, as the other methods below."""
        if not self.is_ended:
            self.current = Exchange()
            self._hosts = 0

    def on_url(self, piece: bytes) -> None:
        """Takes a piece of the request target."""
        if self.current is not None:
            self.current.target += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """Takes a header. Trailers of a body are ignored: RFC 9110, 6.5.1."""
        current = self.current
        if current is not None and current.is_head:
            name = name.lower()
            if name == b"host":
                self._hosts += 1
            elif name in _SPECIAL:
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
        self._fault = self._find_fault(current)
        if self._fault is not None:
            self.is_ended, self.current = True, None
            return
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
        self._overhead = max(0, self._overhead - len(piece) * _FRAMED_BYTES)
        if self.current is not None and not self.current.is_answered:
            self.current.add_body(piece)

    def on_message_complete(self) -> None:
        """Ends the request."""
        if self.current is not None:
            self.current.is_whole = True
            self.current = None
            self.received = self._overhead = 0

    def _find_fault(self, request: Exchange) -> InvalidRequest | None:
        """Checks what the parser lets pass: RFC 9112, 2.3, 3.2 and 6.1."""
        if request.version not in _VERSIONS:
            return InvalidRequest(505, f"HTTP/{request.version} is not supported; use HTTP/1.1")
        if self._hosts > 1 or (not self._hosts and request.version == "1.1"):
            return InvalidRequest(400, f"a request has one Host header, not {self._hosts}")
        if not request.is_plain:
            codings = [value for name, value in request.headers if name == b"transfer-encoding"]
            if codings and [each.strip().lower() for each in codings] != [b"chunked"]:
                return InvalidRequest(501, "only the transfer encoding `chunked` is supported")
        return None
