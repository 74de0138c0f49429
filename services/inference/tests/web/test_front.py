"""Routing, and the request id of every answer."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.scoring.arrivals import Arrivals
from baton_inference.web.answers.answer import Receive, Scope, Send
from baton_inference.web.front import Front
from baton_inference.web.request_ids import RequestIds
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("GET", "/livez"), 200),
        (Request("GET", "/readyz"), 200),
        (Request("GET", "/status"), 200),
        (Request("GET", "/metrics"), 200),
        (Request("GET", "/docs"), 200),
        (Request("GET", "/openapi.json"), 200),
        (Request("GET", "/"), 200),
        (Request("GET", "/livez/"), 404),
        (Request("GET", "/nowhere"), 404),
        (Request("POST", "/livez"), 405),
        (Request("GET", "/predict"), 405),
        (post("/predict", GOOD_BODY), 200),
        (post("/predict", b"{"), 400),
        (post("/predict", GOOD_BODY, content_length="99999999999"), 413),
    ],
)
def test_every_answer_carries_the_id(tmp_path: Path, request_: Request, status: int) -> None:
    """Every answer carries the request id once; every error is a problem."""
    app, _ = make_app(tmp_path, make_live_version())
    request_.headers = {**request_.headers, "x-request-id": "given"}
    answer = call(app, request_)
    assert answer.status == status
    assert answer.headers["x-request-id"] == "given"
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["request_id"] == "given"
        assert answer.json()["status"] == status


@pytest.mark.parametrize(("path", "allowed"), [("/predict", "POST"), ("/livez", "GET")])
def test_405_names_the_allowed_methods(tmp_path: Path, path: str, allowed: str) -> None:
    """A 405 has the header `Allow`."""
    app, _ = make_app(tmp_path)
    answer = call(app, Request("DELETE", path))
    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_exception_in_the_other_application_is_a_problem() -> None:
    """The exception is logged, and answered with a 500."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ZeroDivisionError

    with capture_logs() as logs:
        answer = get(Front({}, broken, RequestIds(), Arrivals()), "/")
    assert answer.status == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == logs[0]["request_id"]
    assert logs[0]["exc_info"]


def test_exception_in_a_route_is_a_problem(tmp_path: Path) -> None:
    """FastAPI answers an exception with one problem."""
    app, core = make_app(tmp_path)
    object.__setattr__(core.watcher_state, "status", object())
    with capture_logs() as logs:
        answer = get(app, "/status")
    assert answer.status == 500
    assert answer.json()["type"] == "about:blank"
    assert len(logs) == 1
