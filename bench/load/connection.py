"""An HTTP/1.1 connection with little overhead that carries one request at a time."""

import re
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_READ_BYTES = 65_536
_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answer(NamedTuple):
    """An answer: the status, the unparsed head and the body."""

    status: int
    head: bytes
    body: bytes


def read_header(answer: Answer, name: str) -> str:
    """Reads a header of an answer, whatever its case; returns an empty string without it."""
    match = re.search(rb"\r\n%s: *([^\r]+)" % name.encode(), answer.head, re.IGNORECASE)
    return match[1].decode() if match else ""


def build_post(path: str, body: bytes) -> bytes:
    """Builds a whole POST request."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def build_posts(path: str, file: Path) -> Sequence[bytes]:
    """Builds a request for the content of a file, or one for each line of a file `*.jsonl`."""
    content = file.read_bytes()
    bodies = content.splitlines() if file.suffix == ".jsonl" else [content]
    return [build_post(path, body) for body in bodies]


class Connection:
    """A keep-alive connection to a port of this machine.

    Every method raises `OSError` if the connection breaks or the server closes it, and
    `ValueError` for an answer without a length.
    """

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=5)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""

    def fileno(self) -> int:
        """Returns the file number for `select`."""
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        """Sends a whole request."""
        self._socket.sendall(request)

    def receive(self) -> Answer | None:
        """Reads available bytes; returns the answer once it is complete. Call it after `select`."""
        more = self._socket.recv(_READ_BYTES)
        if not more:
            raise ConnectionResetError("the server closed the connection")
        received = self._received = self._received + more if self._received else more
        head_length = received.find(_HEAD_END)
        if head_length < 0:
            return None
        length = _LENGTH.search(received, 0, head_length)
        if length is None:
            raise ValueError("the answer has no Content-Length")
        body_start = head_length + len(_HEAD_END)
        if len(received) < body_start + int(length[1]):
            return None
        self._received = b""
        return Answer(int(received[9:12]), received[:head_length], received[body_start:])

    def close(self) -> None:
        """Closes the connection."""
        self._socket.close()
