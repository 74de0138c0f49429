"""An HTTP proxy before the tracking server that injects faults into answers, by path."""

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
    """A request, and the ways to answer it."""

    protocol_version = "HTTP/1.1"
    server: "FaultyProxy"

    def do_GET(self) -> None:
        """Handles a GET; inference sends no other method."""
        proxy = self.server
        (proxy.fault if proxy.faulty_path in self.path else Exchange.forward)(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Logs nothing: requests are in the tracking server's log."""

    def forward(self) -> None:
        """Sends the server's own answer."""
        self.send(self.fetch())

    def fetch(self) -> Answer:
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


Fault = Callable[[Exchange], None]


def respond_with(status: int, media_type: str, content: bytes) -> Fault:
    """Sends this answer to every request."""
    return lambda exchange: exchange.send(Answer(status, media_type, content))


def delay(seconds: float) -> Fault:
    """Delays the server's answer; after the repair it drops waiting requests."""

    def fault(exchange: Exchange) -> None:
        if exchange.server.repaired.wait(seconds):
            exchange.close_connection = True
        else:
            exchange.forward()

    return fault


def trickle(seconds: float) -> Fault:
    """Sends the server's answer in pieces over this time."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.fetch()
        exchange.send_head(answer)
        size = -(-len(answer.content) // PIECES)
        for start in range(0, len(answer.content), size):
            exchange.server.repaired.wait(seconds / PIECES)
            exchange.wfile.write(answer.content[start : start + size])

    return fault


def truncate(exchange: Exchange) -> None:
    """Sends half of the answer and closes the connection."""
    answer = exchange.fetch()
    exchange.send_head(answer)
    exchange.wfile.write(answer.content[: len(answer.content) // 2])
    exchange.close_connection = True


def reset(exchange: Exchange) -> None:
    """Sends half of the answer and resets the connection, like a firewall or a killed server."""
    truncate(exchange)
    at_once = struct.pack("ii", 1, 0)  # close(2) then sends RST
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)


class FaultyProxy(ThreadingHTTPServer):
    """The proxy.

    Attributes:
        uri: the tracking server's address through the proxy.
        upstream: client of the tracking server.
        faulty_path: part of the paths with the fault.
        fault: the fault.
        repaired: set if there is no fault.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, upstream: str) -> None:
        super().__init__((LOCAL, 0), Exchange)
        self.uri = f"http://{LOCAL}:{self.server_port}"
        self.upstream = httpx.Client(base_url=upstream, timeout=30)
        self.faulty_path = ALL
        self.fault: Fault = Exchange.forward
        self.repaired = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignores clients that give up, as inference does when an answer is late."""

    def inject(self, fault: Fault, path: str = ALL) -> None:
        """Injects a fault into answers to these paths."""
        self.repaired.clear()
        self.faulty_path, self.fault = path, fault

    def repair(self) -> None:
        """Removes the fault."""
        self.fault = Exchange.forward
        self.repaired.set()


@contextmanager
def run_proxy(upstream: str) -> Iterator[FaultyProxy]:
    """Runs the proxy before a tracking server until the block ends."""
    with FaultyProxy(upstream) as proxy, proxy.upstream:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.repair()
            proxy.shutdown()
            thread.join()
