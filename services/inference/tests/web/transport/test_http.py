"""HTTP/1.1 in a real process: headers, pipelining, the end of connections."""

import socket
from collections.abc import Iterator

import pytest

from tests.support.rig.service_process import BODY, Service, running

HEAD = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A ready service."""
    with running(tmp_path_factory.mktemp("wire")) as started:
        started.wait_until_ready()
        yield started


def build_request(body: bytes = BODY, *headers: bytes) -> bytes:
    """Builds a request as bytes."""
    lines = b"".join(header + b"\r\n" for header in headers)
    return HEAD + b"content-length: %d\r\n" % len(body) + lines + b"\r\n" + body


def read_all(connection: socket.socket) -> bytes:
    """Reads until the server closes the connection."""
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def read_heads(service: Service, sent: bytes, count: int) -> list[bytes]:
    """Sends requests on one connection; returns the heads of the answers."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(sent)
        content = read_all(connection)
    heads = [part.partition(b"\r\n\r\n")[0] for part in content.split(b"HTTP/1.1 ")[1:]]
    assert len(heads) == count, content
    return heads


def test_head_has_all_headers(service: Service) -> None:
    """An answer has each header once."""
    first, _ = read_heads(
        service, build_request(BODY) + build_request(BODY, b"connection: close"), 2
    )
    status, *lines = first.split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines]
    assert status == b"200 OK"
    expected = (
        "content-length content-type date x-model-alias x-model-name x-model-version x-request-id"
    )
    assert sorted(names) == expected.encode().split()


def test_connection_close_is_honored(service: Service) -> None:
    """The answer has `Connection: close`, and the server closes the connection."""
    (head,) = read_heads(service, build_request(BODY, b"connection: close"), 1)
    assert b"connection: close" in head


def test_pipelined_requests_are_answered_in_order(service: Service) -> None:
    """Valid and invalid pipelined requests get their answers in order."""
    ids = [b"x-request-id: id-%d" % number for number in range(6)]
    sent = b"".join(
        build_request(
            BODY if number % 2 else b"{", *([each, b"connection: close"] if number == 5 else [each])
        )
        for number, each in enumerate(ids)
    )
    heads = read_heads(service, sent, 6)
    assert [head[:3] for head in heads] == [b"400", b"200"] * 3
    assert all(each in head for each, head in zip(ids, heads, strict=True))


def test_head_is_answered_without_a_body(service: Service) -> None:
    """A body would corrupt the next answer on the connection."""
    head = build_request(b"").replace(b"POST", b"HEAD", 1)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(head + build_request(BODY, b"connection: close"))
        first, _, rest = read_all(connection).partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 405")
    assert rest.startswith(b"HTTP/1.1 200")


def test_http_1_0_is_answered_and_closed(service: Service) -> None:
    """The server closes the connection after an HTTP/1.0 answer."""
    sent = build_request(BODY).replace(b"HTTP/1.1", b"HTTP/1.0", 1)
    (head,) = read_heads(service, sent, 1)
    assert head.startswith(b"200")


def test_disconnect_with_pipelined_requests_leaves_no_traceback(service: Service) -> None:
    """The requests before the newest one end without an answer, too."""
    large = build_request(BODY + b" " * 20_000)  # a thread answers it after the disconnect
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
            connection.sendall(large + large)
    assert service.predict().status == 200
    assert "Exception in ASGI" not in service.log_file.read_text()
