import socket
from typing import Any

import httpx
import pytest

from baton_cli.inference.status_client import Inference, Process, Report, addresses, processes
from tests.support.cli.fakes import load_failure, status
from tests.support.fakes.registry import ALIAS, MODEL


def answering(answer: httpx.Response | Exception) -> httpx.MockTransport:
    def handle(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return httpx.MockTransport(handle)


def reports_of(answer: httpx.Response | Exception) -> list[Report]:
    with Inference(["http://a:8000"], resolve=lambda _: [], transport=answering(answer)) as asked:
        return asked.reports()


def test_reports_what_a_process_serves() -> None:
    """The version in the slot, and whose alias it follows."""
    (report,) = reports_of(httpx.Response(200, json=status("3")))
    assert report.serving_version == "3"
    assert report.follows(MODEL, ALIAS)
    assert not report.follows(MODEL, "staging")
    assert report.to_json() == {
        "url": "http://a:8000",
        "reachable": True,
        "status": status("3"),
    }


def test_reports_a_load_failure() -> None:
    """An empty slot serves no version; the failure is passed on."""
    failure = load_failure("4")
    (report,) = reports_of(httpx.Response(200, json=status(None, failure=failure)))
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
    ],
)
def test_whatever_is_no_status_is_not_reachable(answer: httpx.Response | Exception) -> None:
    """No answer, an error and somebody else's answer are all no report."""
    (report,) = reports_of(answer)
    assert report.to_json() == {"url": "http://a:8000", "reachable": False, "status": None}


def test_asks_each_address_of_a_host_under_its_name() -> None:
    """Behind one name may be several processes; each hears the name, port kept."""
    heard = []

    def handle(request: httpx.Request) -> httpx.Response:
        heard.append((str(request.url), request.headers["Host"]))
        return httpx.Response(200, json=status("1"))

    transport = httpx.MockTransport(handle)
    with Inference(
        ["http://inference:8000"], resolve=lambda _: ["10.0.0.1", "10.0.0.2"], transport=transport
    ) as asked:
        urls = [report.url for report in asked.reports()]
    assert urls == ["http://10.0.0.1:8000", "http://10.0.0.2:8000"]
    assert sorted(heard) == [(f"{url}/status", "inference:8000") for url in urls]


def test_a_host_with_one_address_keeps_its_name() -> None:
    """A name says more than an address."""
    assert processes("https://a", lambda _: ["10.0.0.1"]) == [Process("https://a", "a")]


def test_the_scheme_gives_the_port_that_is_not_named() -> None:
    """Addresses are written with their port, IPv6 in brackets."""
    assert processes("https://a", lambda _: ["::1", "::2"]) == [
        Process("https://[::1]:443", "a"),
        Process("https://[::2]:443", "a"),
    ]


def test_both_kinds_of_address_are_one_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """`localhost` has an IPv4 and an IPv6 address, and is not two processes."""

    def resolved(*_: Any, **__: Any) -> list[Any]:
        return [
            (socket.AF_INET6, 0, 0, "", ("::1", 0, 0, 0)),
            (socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)),
            (socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    assert addresses("localhost") == ["127.0.0.1"]


def test_a_host_that_is_unknown_has_no_address() -> None:
    """That it cannot be reached is told by the request."""
    assert addresses("no-such-host.invalid") == []


def test_shows_its_key_and_says_where_it_is_refused() -> None:
    """With a key it is let in; without, that is told apart from no answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        is_known = request.headers.get("Authorization") == "Bearer secret"
        return httpx.Response(200, json=status("1")) if is_known else httpx.Response(401)

    for key, refused in (("secret", False), ("other", True), (None, True)):
        with Inference(["http://a"], api_key=key, transport=httpx.MockTransport(handle)) as asked:
            (report,) = asked.reports()
        assert report.is_refused is refused
        assert (report.serving_version is None) is refused
    assert "BATON_API_KEY" in report.silence
    assert report.to_json()["reachable"] is False
