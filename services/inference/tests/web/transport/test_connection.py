"""One connection, its bytes and its clock moved by hand."""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.transport.connection import (
    GRACE_S,
    MAX_HEAD_BYTES,
    MIN_BYTES_PER_S,
    Protocol,
)

HEAD = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n"
GET = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"


class Transport(asyncio.Transport):
    """What is written, how much of it the client has left unread, and how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.unread = 0
        self.end = ""

    def write(self, data: Any) -> None:
        if not self.end:
            self.written += data

    def close(self) -> None:
        self.end = self.end or "closed"

    def abort(self) -> None:
        self.end = "aborted"

    def get_write_buffer_size(self) -> int:
        return self.unread

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class Task:
    """A task that never runs."""

    def add_done_callback(self, callback: Any) -> None:
        pass


class Loop:
    """A loop whose tasks never run, and whose clock is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def time(self) -> float:
        return self.now_s

    def create_task(self, task: Coroutine[Any, Any, Any]) -> Any:
        task.close()
        return Task()


async def _nobody(scope: Any, receive: Any, send: Any) -> None:
    """An application that is never asked."""


class Client:
    """A client of one connection."""

    def __init__(self) -> None:
        self.loop, self.transport = Loop(), Transport()
        config = uvicorn.Config(_nobody, log_config=None)
        config.load()
        self.protocol = Protocol(
            arrivals=Arrivals(),
            config=config,
            server_state=ServerState(),
            app_state={},
            _loop=self.loop,
        )
        self.protocol.connection_made(self.transport)

    def send(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def wait(self, seconds: float) -> str:
        """How the connection has ended after so long; empty where it has not."""
        self.loop.now_s += seconds
        self.protocol.end_if_slow(self.loop.now_s)
        return self.transport.end

    @property
    def status(self) -> bytes:
        """The status of what the server wrote of itself."""
        return self.transport.written[9:12]


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_client_that_says_nothing_is_let_go(client: Client) -> None:
    """Without a word: there is no request to answer."""
    assert client.wait(GRACE_S) == ""
    assert client.wait(1) == "closed"
    assert client.transport.written == b""


def test_a_head_that_trickles_is_ended(client: Client) -> None:
    """However often another byte comes, the head is due in time."""
    for byte in HEAD[: int(GRACE_S)]:
        client.send(bytes([byte]))
        assert client.wait(1) == ""
    assert client.wait(1) == "closed"
    assert client.status == b"408"


def test_a_body_that_trickles_is_ended(client: Client) -> None:
    """A body may take longer the larger it is, and no longer than that."""
    client.send(HEAD + b"x" * MIN_BYTES_PER_S)
    assert client.wait(GRACE_S + 1) == ""
    client.send(b"x")
    assert client.wait(1) == "closed"
    assert client.status == b"408"
    assert b"application/problem+json" in client.transport.written


def test_a_slow_link_has_the_time_that_it_needs(client: Client) -> None:
    """At the least speed a body comes through, whatever its size."""
    client.send(HEAD)
    for _ in range(3):
        client.send(b"x" * MIN_BYTES_PER_S)
        assert client.wait(1) == ""
    client.send(b"x" * (100_000 - 3 * MIN_BYTES_PER_S))
    assert client.wait(1000) == ""


def test_between_requests_nobody_is_waited_for(client: Client) -> None:
    """An idle connection is kept as long as uvicorn keeps it; the next request has its own time."""
    client.send(GET)
    assert client.wait(1000) == ""
    client.send(GET[:9])
    assert client.wait(GRACE_S) == ""
    assert client.wait(1) == "closed"


def test_a_head_has_a_limit(client: Client) -> None:
    """Many headers, one that never ends, or an endless path: at the limit it is over."""
    for start in (b"GET / HTTP/1.1\r\nx: ", b"GET /"):
        client = Client()
        client.send(start + b"x" * (MAX_HEAD_BYTES - len(start)))
        assert client.transport.end == ""
        client.send(b"x")
        assert client.transport.end == "closed"
        assert client.status == b"431"
    client = Client()
    client.send(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000)
    assert client.status == b"431"


def test_a_large_body_is_no_large_head(client: Client) -> None:
    """The limit is the head's alone."""
    client.send(HEAD + b"x" * (MAX_HEAD_BYTES + 1))
    assert client.transport.written == b""


def test_an_answer_that_nobody_reads_is_dropped(client: Client) -> None:
    """The connection ends, and with it what the answer holds of the memory."""
    client.send(GET)
    client.transport.unread = MIN_BYTES_PER_S
    assert client.wait(1) == ""
    assert client.wait(GRACE_S) == ""
    assert client.wait(2) == "aborted"


def test_each_answer_has_a_time_of_its_own(client: Client) -> None:
    """A client that reads slowly, one answer after the other, is served on."""
    for _ in range(9):
        client.send(GET)
        client.transport.unread = MIN_BYTES_PER_S
        assert client.wait(1) == ""
        assert client.wait(GRACE_S - 1) == ""


def test_what_is_no_request_is_a_problem(client: Client) -> None:
    """It is told so, with the headers that every answer has, and let go."""
    client.protocol.server_state.default_headers = [(b"date", b"today"), (b"connection", b"close")]
    client.send(b"hello\r\n\r\n")
    assert client.status == b"400"
    assert client.transport.end == "closed"
    head, _, body = client.transport.written.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n")[1:]]
    assert names == ["content-type", "content-length", "x-request-id", "connection", "date"]
    assert b"date: today" in head
    assert json.loads(body)["status"] == 400
