"""A connection of the generator."""

from pathlib import Path

import pytest

from bench.load.connection import Answer, Connection, build_post, build_posts, read_header
from tests.support.fakes.tiny_server import build_answer, tiny_server


def receive(sent: bytes) -> Answer:
    with tiny_server(lambda _: sent) as port:
        connection = Connection(port)
        try:
            connection.send(build_post("/", b"{}"))
            while (received := connection.receive()) is None:
                pass
            return received
        finally:
            connection.close()


def test_long_answer_is_returned_whole() -> None:
    """The body arrives in many packets."""
    body = b"x" * 1_000_000

    received = receive(build_answer(body, status=201))

    assert (received.status, received.body) == (201, body)


def test_closed_connection_is_an_error() -> None:
    with pytest.raises(ConnectionResetError):
        receive(b"")


def test_answer_without_length_is_an_error() -> None:
    """The generator does not read chunked bodies."""
    with pytest.raises(ValueError, match="Content-Length"):
        receive(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")


def test_each_line_of_a_file_of_lines_is_a_request(tmp_path: Path) -> None:
    lines, whole = tmp_path / "bodies.jsonl", tmp_path / "body.json"
    for file in (lines, whole):
        file.write_bytes(b'{"a": 1}\n{"a": 2}\n')
    assert build_posts("/", lines) == [build_post("/", b'{"a": 1}'), build_post("/", b'{"a": 2}')]
    assert build_posts("/", whole) == [build_post("/", whole.read_bytes())]


def test_headers_have_any_case() -> None:
    """Without the header the value is empty."""
    answer = Answer(200, b"HTTP/1.1 200 OK\r\nX-Model-VERSION: 12\r\nDate: today", b"")

    assert read_header(answer, "x-model-version") == "12"
    assert read_header(answer, "x-model-alias") == ""
