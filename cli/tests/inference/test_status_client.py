import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx
import pytest

from baton_cli.inference.report import Report
from baton_cli.inference.status_client import (
    MAX_STATUS_BYTES,
    Process,
    StatusClient,
    list_processes,
    resolve_addresses,
)
from tests.support.cli.fakes import build_load_failure, build_status
from tests.support.fakes.registry import ALIAS, MODEL


def create_transport(answer: httpx.Response | Exception) -> httpx.MockTransport:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle)


def fetch_reports(answer: httpx.Response | Exception) -> list[Report]:
    transport = create_transport(answer)
    client = StatusClient(["http://a:8000"], resolve=lambda _: [], transport=transport)
    return client.fetch_reports()


def test_report_has_version_and_alias() -> None:
    """The version in the slot, and the alias that the process follows."""
    (report,) = fetch_reports(httpx.Response(200, json=build_status("3")))
    assert report.serving_version == "3"
    assert report.follows(MODEL, ALIAS)
    assert not report.follows(MODEL, "staging")
    assert report.to_json() == {
        "url": "http://a:8000",
        "reachable": True,
        "status": build_status("3"),
    }


def test_report_has_the_load_failure() -> None:
    """An empty slot serves no version."""
    failure = build_load_failure("4")
    (report,) = fetch_reports(httpx.Response(200, json=build_status(None, failure=failure)))
    assert report.serving_version is None
    assert report.load_failure == failure


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("late"),
        httpx.Response(502),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=["not", "a", "status"]),
        httpx.Response(200, text="[" * 200_000),
        httpx.Response(200, text='{"state": "' + "x" * MAX_STATUS_BYTES + '"}'),
    ],
)
def test_invalid_answer_is_not_reachable(answer: httpx.Response | Exception) -> None:
    """No answer, an error, or the answer of another program: too deep, or too long."""
    (report,) = fetch_reports(answer)
    assert report.to_json() == {"url": "http://a:8000", "reachable": False, "status": None}


@contextmanager
def drip(start: bytes) -> Iterator[str]:
    """Serves `start`, and then a byte every 20 ms until the client leaves; yields its URL."""
    done = Event()

    def answer(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(start)
            while not done.wait(0.02):
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=answer, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{"]
)
def test_dripping_answer_ends_at_the_deadline(start: bytes) -> None:
    """Each read is in time, but the headers or the body never end."""
    with drip(start) as url:
        began = time.monotonic()
        (report,) = StatusClient([url], timeout_s=0.3).fetch_reports()
        assert time.monotonic() - began < 2
    assert report.status is None


def test_every_address_of_a_host_is_queried() -> None:
    """The Host header keeps name and port."""
    requests = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append((str(request.url), request.headers["Host"]))
        return httpx.Response(200, json=build_status("1"))

    transport = httpx.MockTransport(handle)
    client = StatusClient(
        ["http://inference:8000"], resolve=lambda _: ["10.0.0.1", "10.0.0.2"], transport=transport
    )
    urls = [report.url for report in client.fetch_reports()]
    assert urls == ["http://10.0.0.1:8000", "http://10.0.0.2:8000"]
    assert sorted(requests) == [(f"{url}/status", "inference:8000") for url in urls]


def test_host_with_one_address_keeps_its_name() -> None:
    """A name is clearer than an address."""
    assert list_processes("https://a", lambda _: ["10.0.0.1"]) == [Process("https://a", "a")]


def test_default_port_follows_from_the_scheme() -> None:
    """Addresses get their port, IPv6 in brackets."""
    assert list_processes("https://a", lambda _: ["::1", "::2"]) == [
        Process("https://[::1]:443", "a"),
        Process("https://[::2]:443", "a"),
    ]


def test_ipv4_and_ipv6_address_are_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost` has both."""

    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET6, 0, 0, "", ("::1", 0, 0, 0)),
            (socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)),
            (socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert resolve_addresses("localhost") == ["127.0.0.1"]


def test_unknown_host_has_no_address() -> None:
    """The request then fails."""
    assert resolve_addresses("no-such-host.invalid") == []


def test_api_key_is_sent_and_refusal_is_reported() -> None:
    """A refused key differs from no answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        is_known = request.headers.get("Authorization") == "Bearer secret"
        return httpx.Response(200, json=build_status("1")) if is_known else httpx.Response(401)

    for key, refused in (("secret", False), ("other", True), (None, True)):
        client = StatusClient(["http://a"], api_key=key, transport=httpx.MockTransport(handle))
        (report,) = client.fetch_reports()
        assert report.is_refused is refused
        assert (report.serving_version is None) is refused
    assert "BATON_API_KEY" in report.missing_status_reason
    assert report.to_json()["reachable"] is False
