"""`/ping`, `/health`, `/version`, and `/invocations` over HTTP."""

import json
from pathlib import Path

import pytest

from baton_inference.protocols.invocations.codec import MLFLOW_VERSION
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import INSTANCE


@pytest.mark.parametrize("path", ["/ping", "/health"])
def test_ping_follows_the_slot(tmp_path: Path, path: str) -> None:
    """Ping answers 503 until a model is serving."""
    app, core = make_app(tmp_path)
    answer = get(app, path)
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    core.live.swap(make_live_version())
    answer = get(app, path)
    assert (answer.status, answer.body) == (200, b"\n")
    assert answer.headers["content-type"].startswith("text/plain")


def test_version(tmp_path: Path) -> None:
    """The protocol version is plain text, with or without a model."""
    answer = get(make_app(tmp_path)[0], "/version")
    assert (answer.status, answer.body.decode()) == (200, MLFLOW_VERSION)
    assert answer.headers["content-type"].startswith("text/plain")


def test_invocations(tmp_path: Path) -> None:
    """JSON and CSV get labels, and the version in the headers; both are counted."""
    app, core = make_app(tmp_path, make_live_version())
    body = json.dumps({"dataframe_records": [INSTANCE, INSTANCE]}).encode()
    for request in (
        post("/invocations", body),
        post("/invocations", b"x,n,note\n1,1,a\n2,2,b\n", content_type="text/csv"),
    ):
        answer = call(app, request)
        assert answer.json() == {"predictions": ["no", "no"]}
        assert answer.headers["x-model-version"] == "1"
    assert core.metrics.requests["invocations", 200, "1"] == 2
    assert call(app, post("/invocations", body, content_type="text/plain")).status == 415
    assert call(app, post("/invocations", b"{}")).status == 400
