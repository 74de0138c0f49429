"""An answer written in one go, in a real process: what a client sees does not change."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.rig.service_process import BODY, Service, running

HEAD = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that is ready."""
    with running(tmp_path_factory.mktemp("wire")) as started:
        started.wait_until_ready()
        yield started


def request(body: bytes = BODY, *headers: bytes) -> bytes:
    """A request as bytes."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + b"content-length: %d\r\n" % len(body) + lines + b"\r\n" + body


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def answers(service: Service, sent: bytes, count: int) -> list[bytes]:
    """The heads of the answers to what is sent on one connection, which the server closes."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(sent)
        content = read_all(connection)
    heads = [part.partition(b"\r\n\r\n")[0] for part in content.split(b"HTTP/1.1 ")[1:]]
    assert len(heads) == count, content
    return heads


def test_a_head_has_all_that_it_should(service: Service) -> None:
    """Status, date, type, length, id and version, each once, in an answer written in one go."""
    first, _ = answers(service, request(BODY) + request(BODY, b"connection: close"), 2)
    status, *lines = first.split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines]
    assert status == b"200 OK"
    expected = "content-length content-type date x-model-name x-model-version x-request-id"
    assert sorted(names) == expected.encode().split()


def test_a_client_that_wants_the_connection_closed(service: Service) -> None:
    """It is told so, and the connection is closed."""
    (head,) = answers(service, request(BODY, b"connection: close"), 1)
    assert b"connection: close" in head


def test_requests_in_one_piece_are_answered_in_order(service: Service) -> None:
    """Pipelined requests, good and bad: each gets its answer, in the order of the requests."""
    ids = [b"x-request-id: id-%d" % number for number in range(6)]
    sent = b"".join(
        request(
            BODY if number % 2 else b"{", *([each, b"connection: close"] if number == 5 else [each])
        )
        for number, each in enumerate(ids)
    )
    heads = answers(service, sent, 6)
    assert [head[:3] for head in heads] == [b"400", b"200"] * 3
    assert all(each in head for each, head in zip(ids, heads, strict=True))


def test_head_is_answered_without_a_body(service: Service) -> None:
    """A body would be taken for the beginning of the connection's next answer."""
    head = request(b"").replace(b"POST", b"HEAD", 1)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(head + request(BODY, b"connection: close"))
        first, _, rest = read_all(connection).partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 405")
    assert rest.startswith(b"HTTP/1.1 200")


def test_http_1_0_is_answered_and_closed(service: Service) -> None:
    """An old client waits for the end of the connection, and gets it."""
    sent = request(BODY).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    (head,) = answers(service, sent, 1)
    assert head.startswith(b"200")


def test_a_client_that_leaves_with_requests_under_way_leaves_no_traceback(service: Service) -> None:
    """Only the newest of a connection's requests is told by uvicorn that its client has gone."""
    large = request(BODY + b" " * 20_000)  # answered from a thread, when the client is gone
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
            connection.sendall(large + large)
    assert service.predict().status == 200
    assert "Exception in ASGI" not in service.log_file.read_text()
