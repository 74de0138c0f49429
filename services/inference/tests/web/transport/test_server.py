"""The HTTP server in a real process: the shutdown loses no accepted request."""

import asyncio
import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import Answer, Receive, Scope, Send
from baton_inference.web.transport.server import Server
from tests.support.rig.service_process import BODY, HEADERS, Service, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A ready service."""
    with running(tmp_path) as started:
        started.wait_until_ready()
        yield started


def send_partly(service: Service) -> socket.socket:
    """Sends all but the last bytes of a request; returns the connection."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    head = f"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n"
    connection.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + BODY[:-4])
    return connection


def read_all(connection: socket.socket) -> bytes:
    """Reads until the server closes the connection."""
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def test_accepted_request_is_answered(service: Service) -> None:
    """A request that ends after SIGTERM is answered; new connections are refused."""
    connection = send_partly(service)
    service.predict()  # by now the server has read the partial request, too
    service.process.send_signal(signal.SIGTERM)
    service.wait_until_refusing()
    connection.sendall(BODY[-4:])
    answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"model_version":"1"' in answer
    assert service.process.wait(timeout=10) == 0


def test_incomplete_request_does_not_delay_the_shutdown(service: Service) -> None:
    """An incomplete request gets a 503 in time, without a traceback."""
    connection = send_partly(service)
    service.predict()
    service.process.send_signal(signal.SIGTERM)
    answer = read_all(connection)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"retry-after" in answer
    assert service.process.wait(timeout=10) == 0
    assert "Traceback" not in service.log_file.read_text()


def test_open_connections_lose_no_request(service: Service) -> None:
    """At shutdown, clients that keep sending get answers, then a clean close."""
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
        except BaseException as error:  # noqa: BLE001 - checked below
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


def test_idle_connection_can_send_a_last_request(service: Service) -> None:
    """After SIGTERM, an idle connection gets one more answer and is closed."""
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


def test_client_disconnect_leaves_no_traceback(service: Service) -> None:
    """A disconnect within a body is not an internal error."""
    send_partly(service).close()
    assert service.predict().status == 200
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=10) == 0
    assert "Traceback" not in service.log_file.read_text()


def test_invalid_http_is_a_problem(service: Service) -> None:
    """Bytes that are not HTTP get a problem with a request id."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(b"hello\r\n\r\n")
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in head
    assert b"x-request-id" in head
    assert b'"status":400' in body


def test_client_that_keeps_sending_reads_its_rejection(service: Service) -> None:
    """A connection that is closed at once would reset the client, which would read no answer."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        for _ in range(200):
            connection.sendall(b"x: " + b"x" * 20_000 + b"\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 431")


def test_large_content_length_is_rejected(service: Service) -> None:
    """A client with a large Content-Length gets its answer before it sends the body."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
    connection.putrequest("POST", "/predict")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/status", "/metrics", "/docs"])
def test_head_is_get_without_a_body(service: Service, path: str) -> None:
    """HEAD answers like GET, but without a body."""
    service.wait_until_ready()
    connection = service.connect()
    for method in ("HEAD", "GET"):  # on one connection: a body sent with HEAD would spoil the next
        connection.request(method, path)
        answer = connection.getresponse()
        assert answer.status == 200
        assert bool(answer.read()) == (method == "GET")
        assert answer.headers["X-Request-ID"]
    connection.close()


class BrokenCompanion:
    """A server that fails to stop."""

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        raise ZeroDivisionError


def test_an_error_of_another_server_does_not_end_the_shutdown() -> None:
    """The connection stays open until its request was answered; the error is logged."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(0.3)  # the companion has failed by then
        await Answer(200, b"done", b"text/plain").send(send, "id")

    async def use() -> bytes:
        listener = socket.create_server(("127.0.0.1", 0))
        server = Server(answer, listener, Arrivals(), None, [BrokenCompanion()])
        running_server = asyncio.ensure_future(server.run())
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        await asyncio.sleep(0.1)
        server._stop_signals = 1
        content = await reader.read()
        writer.close()
        await running_server
        return content

    with capture_logs() as logs:
        assert b"done" in asyncio.run(use())
    assert [each["event"] for each in logs] == ["a server failed to stop"]
    assert "ZeroDivisionError" in logs[0]["stack"]
