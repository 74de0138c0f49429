"""One connection."""

import pytest

from bench.load.connection import Answer, Connection, post
from tests.support.fakes.tiny_server import answer, tiny_server


def ask(sent: bytes) -> Answer:
    with tiny_server(lambda _: sent) as port:
        connection = Connection(port)
        try:
            connection.send(post("/", b"{}"))
            while (received := connection.receive()) is None:
                pass
            return received
        finally:
            connection.close()


def test_an_answer_is_given_once_it_is_whole() -> None:
    """However many packets a long body comes in."""
    body = b"x" * 1_000_000

    received = ask(answer(body, status=201))

    assert (received.status, received.body) == (201, body)


def test_a_closed_connection_is_an_error() -> None:
    """The request on it has failed."""
    with pytest.raises(ConnectionResetError):
        ask(b"")


def test_an_answer_without_a_length_is_an_error() -> None:
    """The generator reads no chunks: it says so instead of waiting for ever."""
    with pytest.raises(ValueError, match="Content-Length"):
        ask(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
