"""What may stand before a tracking server: an HTTP proxy whose answers can be spoilt by path."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import httpx

from tests.support.rig.process import LOCAL

ALL = "/"
STORE = "/mlflow-artifacts/"
PIECES = 10


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    media_type: str
    content: bytes


class Exchange(BaseHTTPRequestHandler):
    """One request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "Front"

    def do_GET(self) -> None:
        """Inference only reads: there is no other method."""
        front = self.server
        (front.spoil if front.spoilt in self.path else Exchange.forward)(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing: what was asked is in the tracking server's log."""

    def forward(self) -> None:
        """The server's own answer."""
        self.send(self.asked())

    def asked(self) -> Answer:
        answer = self.server.upstream.get(self.path)
        return Answer(answer.status_code, answer.headers["content-type"], answer.content)

    def send(self, answer: Answer) -> None:
        self.send_head(answer)
        self.wfile.write(answer.content)

    def send_head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()


Spoil = Callable[[Exchange], None]


def answering(status: int, media_type: str, content: bytes) -> Spoil:
    """This, whatever was asked."""
    return lambda exchange: exchange.send(Answer(status, media_type, content))


def late(seconds: float) -> Spoil:
    """The server's answer, so much later; what still waits when it is mended is dropped."""

    def spoil(exchange: Exchange) -> None:
        if exchange.server.mended.wait(seconds):
            exchange.close_connection = True
        else:
            exchange.forward()

    return spoil


def trickling(seconds: float) -> Spoil:
    """The server's answer in pieces that take so long together."""

    def spoil(exchange: Exchange) -> None:
        answer = exchange.asked()
        exchange.send_head(answer)
        size = -(-len(answer.content) // PIECES)
        for start in range(0, len(answer.content), size):
            exchange.server.mended.wait(seconds / PIECES)
            exchange.wfile.write(answer.content[start : start + size])

    return spoil


def cut(exchange: Exchange) -> None:
    """Half of the answer, then the connection ends."""
    answer = exchange.asked()
    exchange.send_head(answer)
    exchange.wfile.write(answer.content[: len(answer.content) // 2])
    exchange.close_connection = True


def reset(exchange: Exchange) -> None:
    """Half of the answer, then the connection is reset, as by a firewall or a server that died."""
    cut(exchange)
    at_once = struct.pack("ii", 1, 0)  # close(2) then sends RST
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)


class Front(ThreadingHTTPServer):
    """The proxy.

    Attributes:
        uri: where the tracking server is reached through it.
        upstream: the way to the tracking server.
        spoilt: the paths whose answers are spoilt hold this.
        spoil: how.
        mended: set where nothing is spoilt.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str) -> None:
        super().__init__((LOCAL, 0), Exchange)
        self.uri = f"http://{LOCAL}:{self.server_port}"
        self.upstream = httpx.Client(base_url=upstream, timeout=30)
        self.spoilt = ALL
        self.spoil: Spoil = Exchange.forward
        self.mended = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that gave up, which inference does where an answer is late."""

    def break_(self, spoil: Spoil, spoilt: str = ALL) -> None:
        """From now on answers to these paths are spoilt."""
        self.mended.clear()
        self.spoilt, self.spoil = spoilt, spoil

    def mend(self) -> None:
        """Every answer is the tracking server's own again."""
        self.spoil = Exchange.forward
        self.mended.set()


@contextmanager
def running_front(upstream: str) -> Iterator[Front]:
    """The proxy before a tracking server, until the block ends."""
    with Front(upstream) as front, front.upstream:
        thread = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield front
        finally:
            front.mend()
            front.shutdown()
            thread.join()
