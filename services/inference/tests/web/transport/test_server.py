"""The HTTP server, in a real process: no accepted request is lost at its end."""

import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.rig.service_process import BODY, HEADERS, Service, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that is ready."""
    with running(tmp_path) as started:
        started.wait_until_ready()
        yield started


def half_sent(service: Service) -> socket.socket:
    """A connection that has sent all but the last bytes of a request."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    head = f"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n"
    connection.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + BODY[:-4])
    return connection


def read_all(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def test_answers_what_was_accepted(service: Service) -> None:
    """A request whose last bytes come after SIGTERM is answered; new connections are not taken."""
    connection = half_sent(service)
    service.predict()  # by now the half request was read, too
    service.process.send_signal(signal.SIGTERM)
    service.wait_until_refusing()
    connection.sendall(BODY[-4:])
    answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"model_version":"1"' in answer
    assert service.process.wait(timeout=10) == 0


def test_a_request_that_never_ends_does_not_hold_up_the_end(service: Service) -> None:
    """A client that sends half a request and no more is told so in time, without a traceback."""
    connection = half_sent(service)
    service.predict()
    service.process.send_signal(signal.SIGTERM)
    answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after" in answer
    assert service.process.wait(timeout=10) == 0
    assert "Traceback" not in service.log_file.read_text()


def test_connections_kept_alive_lose_no_request(service: Service) -> None:
    """Clients that keep sending on open connections at the end see answers, then a clean close."""
    lost: list[BaseException] = []
    answered = threading.Semaphore(0)

    def send_until_closed() -> None:
        connection = service.connect()
        try:
            while True:
                connection.request("POST", "/predict", BODY, HEADERS)
                answer = connection.getresponse()
                answer.read()
                assert answer.status == 200
                answered.release()
                if answer.headers.get("connection") == "close":
                    return
        except BaseException as error:  # noqa: BLE001 - told below
            lost.append(error)

    threads = [threading.Thread(target=send_until_closed) for _ in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        assert answered.acquire(timeout=20)
    service.process.send_signal(signal.SIGTERM)
    for thread in threads:
        thread.join(20)
    assert lost == []
    assert service.process.wait(timeout=10) == 0


def test_an_idle_connection_may_bring_a_last_request(service: Service) -> None:
    """A request on a connection that was idle at SIGTERM is answered, and the connection closed."""
    connection = service.connect()
    for ending in (None, signal.SIGTERM):
        if ending is not None:
            service.process.send_signal(ending)
            service.wait_until_refusing()
        connection.request("POST", "/predict", BODY, HEADERS)
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
    assert answer.headers["connection"] == "close"
    assert service.process.wait(timeout=10) == 0


def test_a_client_that_goes_away_leaves_no_traceback(service: Service) -> None:
    """A disconnect in the middle of a body is no error of ours."""
    half_sent(service).close()
    assert service.predict().status == 200
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=10) == 0
    assert "Traceback" not in service.log_file.read_text()


def test_what_is_not_http_is_a_problem(service: Service) -> None:
    """Bytes that are no request are answered by a problem with an id, like everything else."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(b"hello\r\n\r\n")
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    assert b"x-request-id" in head
    assert b'"status":400' in body


def test_a_large_body_is_refused_by_its_length(service: Service) -> None:
    """A client that announces too much gets its answer without sending it."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    connection.putrequest("POST", "/predict")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/status", "/metrics", "/docs"])
def test_head_is_get_without_a_body(service: Service, path: str) -> None:
    """A health checker that asks with HEAD gets the answer of a GET, headers only."""
    service.wait_until_ready()
    connection = service.connect()
    for method in ("HEAD", "GET"):  # on one connection: a body sent with HEAD would spoil the next
        connection.request(method, path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert bool(answer.read()) == (method == "GET")
        assert answer.headers["X-Request-ID"]
    connection.close()
