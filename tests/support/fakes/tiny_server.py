"""A small server; each test chooses its answers."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Respond = Callable[[int], bytes]
"""Maps the number of a request, from 0, to the answer; an empty answer closes the connection."""


def build_answer(body: bytes = b"{}", status: int = 200, version: str = "1") -> bytes:
    """Builds a complete answer."""
    head = f"HTTP/1.1 {status} OK\r\nX-Model-Version: {version}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, respond: Respond) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.respond = respond
        self._lock = threading.Lock()
        self._number = -1

    def next_number(self) -> int:
        with self._lock:
            self._number += 1
            return self._number


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    server: _Server

    def handle(self) -> None:
        while (length := self._length()) is not None:
            self.rfile.read(length)
            sent = self.server.respond(self.server.next_number())
            if not sent:
                return
            self.wfile.write(sent)

    def _length(self) -> int | None:
        length = None
        while (line := self.rfile.readline()).strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return length


@contextmanager
def tiny_server(respond: Respond) -> Iterator[int]:
    """Runs the server until the block ends; yields its port."""
    with _Server(respond) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()
