"""HTTP/1.1 over a plain socket: the test decides what arrives together."""

import re
import socket
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

LOCAL = "127.0.0.1"
SPLIT_PAUSE_S = 0.01
"""Long enough that the server reads the first part alone."""


class RawAnswer(NamedTuple):
    """An answer as bytes."""

    head: bytes
    body: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return int(self.head[9:12])

    @property
    def headers(self) -> dict[str, str]:
        """The headers, by lower-case name."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in lines)

    def without_date(self) -> Self:
        """The answer without the value of its date."""
        return self._replace(head=re.sub(rb"\r\ndate: [^\r]*", b"\r\ndate: D", self.head))


def build_request(
    path: str,
    body: bytes,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    method: str = "POST",
) -> bytes:
    """Builds a request with a Content-Length."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    lines = [f"{method} {path} HTTP/1.1", "host: x", *(f"{name}: {value}" for name, value in pairs)]
    if all(name.lower() != "content-length" for name, _ in pairs):
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class RawConnection:
    """A keep-alive connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((LOCAL, port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, *parts: bytes) -> None:
        """Sends the parts, with a pause after each but the last."""
        for number, part in enumerate(parts):
            if number:
                time.sleep(SPLIT_PAUSE_S)
            self.socket.sendall(part)

    def ask(self, *parts: bytes) -> RawAnswer:
        """Sends a request and reads its answer."""
        self.send(*parts)
        return self.read()

    def read(self) -> RawAnswer:
        """Reads one answer; its body ends by its Content-Length."""
        while b"\r\n\r\n" not in self._rest:
            self._receive()
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        match = re.search(rb"\r\ncontent-length: (\d+)", head)
        length = int(match[1]) if match else 0
        while len(self._rest) < length:
            self._receive()
        body, self._rest = self._rest[:length], self._rest[length:]
        return RawAnswer(head, body)

    def _receive(self) -> None:
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError(f"the server closed the connection after {self._rest[:200]!r}")
        self._rest += piece
