"""One connection, with a fake transport and a fake clock."""

import json
from collections.abc import Iterator

import pytest

from baton_inference.web.transport.connection import LINGER_S
from baton_inference.web.transport.reader import MAX_HEAD_BYTES
from baton_inference.web.transport.timeouts import GRACE_S, MIN_BYTES_PER_S
from tests.support.fakes.connection import Client

HEAD = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n"
GET = b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n"


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def test_silent_connection_is_closed(client: Client) -> None:
    """A connection without a request is closed without an answer."""
    assert client.wait(GRACE_S) == ""
    assert client.wait(1) == "closed"
    assert client.transport.written == b""


def test_slow_head_is_rejected(client: Client) -> None:
    """The time for the head does not restart with each byte."""
    for byte in HEAD[: int(GRACE_S)]:
        client.send(bytes([byte]))
        assert client.wait(1) == ""
    assert client.wait(1) == "half-closed"
    assert client.status == b"408"


def test_slow_body_is_rejected(client: Client) -> None:
    """A larger body has more time, but not unlimited time."""
    client.send(HEAD + b"x" * MIN_BYTES_PER_S)
    assert client.wait(GRACE_S + 1) == ""
    client.send(b"x")
    assert client.wait(1) == "half-closed"
    assert client.status == b"408"
    assert b"application/problem+json" in client.transport.written


def test_body_at_the_minimum_speed_is_accepted(client: Client) -> None:
    """At the minimum speed, a body of any size arrives in time."""
    client.send(HEAD)
    for _ in range(3):
        client.send(b"x" * MIN_BYTES_PER_S)
        assert client.wait(1) == ""
    client.send(b"x" * (100_000 - 3 * MIN_BYTES_PER_S))
    assert client.wait(1000) == ""


def test_time_starts_again_with_each_request(client: Client) -> None:
    """An idle connection stays open for the keep-alive time."""
    client.send(GET)
    assert client.wait(1000) == ""
    client.run_tasks()
    client.send(GET[:9])
    assert client.wait(GRACE_S) == ""
    assert client.wait(1) == "half-closed"


def test_head_size_is_limited(client: Client) -> None:
    """Many headers, an endless header or an endless path are rejected at the limit."""
    for start in (b"GET / HTTP/1.1\r\nx: ", b"GET /"):
        client = Client()
        client.send(start + b"x" * (MAX_HEAD_BYTES - len(start)))
        assert client.transport.end == ""
        client.send(b"x")
        assert client.transport.end == "half-closed"
        assert client.status == b"431"
    client = Client()
    client.send(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000)
    assert client.status == b"431"


def test_head_limit_ignores_the_body(client: Client) -> None:
    """A large body does not count as a large head."""
    client.send(HEAD + b"x" * (MAX_HEAD_BYTES + 1))
    assert client.transport.written == b""


def test_unread_answer_aborts_the_connection(client: Client) -> None:
    """A client that does not read its answer loses the connection, which frees its memory."""
    client.send(GET)
    client.transport.unread = MIN_BYTES_PER_S
    assert client.wait(1) == ""
    assert client.wait(GRACE_S) == ""
    assert client.wait(2) == "aborted"


def test_each_answer_has_its_own_time(client: Client) -> None:
    """A client that reads each answer slowly keeps its connection."""
    for _ in range(9):
        client.send(GET)
        client.transport.unread = MIN_BYTES_PER_S
        assert client.wait(1) == ""
        assert client.wait(GRACE_S - 1) == ""


def test_invalid_request_is_a_problem(client: Client) -> None:
    """The answer has the headers of every answer, and the connection is closed."""
    client.send(b"hello\r\n\r\n")
    assert client.status == b"400"
    assert client.transport.end == "half-closed"
    head, _, body = client.transport.written.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n")[1:]]
    assert names == ["content-type", "content-length", "x-request-id", "date", "connection"]
    assert b"date: today" in head
    assert json.loads(body)["status"] == 400


def test_rejected_client_can_read_its_answer(client: Client) -> None:
    """Until it has stopped sending, or for a short time. What it still sends is dropped."""
    client.send(b"hello\r\n\r\n")
    written = client.transport.written
    client.send(GET)
    assert client.transport.written == written
    assert client.wait(LINGER_S) == "half-closed"
    assert client.wait(1) == "closed"

    client = Client()
    client.send(b"hello\r\n\r\n")
    assert not client.protocol.eof_received()  # the event loop closes the connection


def test_each_pipelined_request_has_its_own_time(client: Client) -> None:
    """Also if every read ends within a request."""
    client.send(GET[:9])
    for _ in range(60):
        client.send(GET[9:] + GET[:9])
        client.run_tasks()
        assert client.wait(1) == ""
    assert client.wait(GRACE_S) == "half-closed"
    assert client.status == b"200"
    assert b"HTTP/1.1 408" in client.transport.written


def test_time_while_the_server_does_not_read_is_free(client: Client) -> None:
    """The client cannot send faster than the server reads."""
    client.send(GET + HEAD[:9])
    client.send(HEAD[9:])
    assert client.transport.flow == ["pause"]
    assert client.wait(1000) == ""
    client.run_tasks()
    assert client.transport.flow == ["pause", "resume"]
    assert client.wait(GRACE_S) == ""
    assert client.wait(1) == "half-closed"
    assert client.transport.written.count(b"HTTP/1.1 408") == 1


def test_a_server_that_ends_does_not_linger(client: Client) -> None:
    """A client that still sends would delay the shutdown by seconds."""
    client.state.is_ending = True
    client.send(b"hello\r\n\r\n")
    assert (client.status, client.transport.end) == (b"400", "closed")
