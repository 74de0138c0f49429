"""`POST /predict` from request to answer: answers, errors and log lines."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY, INSTANCE, ErrorModel

pytestmark = pytest.mark.usefixtures("each_way")
"""Both ways of answering must be the same."""


def predict(tmp_path: Path, *pieces: bytes, **headers: str) -> Response:
    """Sends a request to a service with a model and low limits."""
    limits: dict[str, Any] = {"BATON_MAX_BODY_BYTES": 2048, "BATON_MAX_ROWS": 10}
    app, _ = make_app(tmp_path, make_live_version(max_rows=10), **limits)
    return call(app, post("/predict", *pieces, **headers))


def build_body(*instances: Any) -> bytes:
    """Builds a body with these instances."""
    return json.dumps({"instances": instances}).encode()


def test_answer_names_the_version(tmp_path: Path) -> None:
    """Body and headers name the version; predictions keep the order of the instances."""
    answer = predict(tmp_path, build_body(INSTANCE, INSTANCE))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-model-name"] == "churn_model"
    assert answer.headers["x-model-version"] == "1"
    one = {"label": "no", "probabilities": {"no": 0.75, "yes": 0.25}}
    assert answer.json() == {
        "model_name": "churn_model",
        "model_version": "1",
        "predictions": [one, one],
    }


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b'{"instances":[{"x":NaN,"n":1}]}', {}, 400),
        (b"[]", {}, 400),
        (build_body(1), {}, 400),
        (b'{"instances":[],"more":1}', {}, 400),
        (build_body(), {}, 422),
        (build_body({"x": 1}), {}, 422),
        (build_body({"x": 1, "n": 1, "other": 1}), {}, 422),
        (build_body({"x": "1", "n": 1}), {}, 422),
        (build_body({"x": None, "n": 1}), {}, 422),
        (b'{"instances":[{"x":1e999,"n":1}]}', {}, 422),
        (b'{"instances":[{"x":1,"n":9223372036854775808}]}', {}, 422),
        (build_body(*[INSTANCE] * 11), {}, 413),
        (build_body(*[{}] * 11), {}, 413),
        (b" " * 2049, {}, 413),
        (GOOD_BODY, {"content_length": "2049"}, 413),
        (GOOD_BODY, {"content_type": "text/plain"}, 415),
        (GOOD_BODY, {"content_encoding": "br"}, 415),
        (GOOD_BODY, {"content_encoding": "gzip"}, 400),
        (gzip.compress(b" " * 2049, mtime=0), {"content_encoding": "gzip"}, 413),
    ],
)
def test_error_table(tmp_path: Path, body: bytes, headers: dict[str, str], status: int) -> None:
    """Every rejection is a problem with its documented status."""
    answer = predict(tmp_path, body, **headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail"} <= set(problem)
    assert "x-model-version" not in answer.headers


def test_bad_cells_are_listed(tmp_path: Path) -> None:
    """The problem lists each bad cell, but no values of other rows."""
    answer = predict(tmp_path, build_body({**INSTANCE, "note": "SECRET"}, {"x": "a", "n": 1}))
    assert answer.json()["errors"] == [
        {"row": 1, "column": "x", "message": "must be a number, not text"}
    ]
    assert b"SECRET" not in answer.body


def test_missing_content_type(tmp_path: Path) -> None:
    """A request without a content type is rejected; the detail says `none`."""
    app, _ = make_app(tmp_path, make_live_version())
    answer = call(app, Request("POST", "/predict", (GOOD_BODY,)))
    assert answer.status == 415
    assert answer.headers["accept-encoding"] == "gzip, identity"
    assert "is missing" in answer.json()["detail"]


def test_gzip_body_is_decompressed(tmp_path: Path) -> None:
    """A gzip body may arrive in any pieces."""
    packed = gzip.compress(GOOD_BODY)
    pieces = [packed[number : number + 7] for number in range(0, len(packed), 7)]
    assert predict(tmp_path, *pieces, content_encoding="gzip").status == 200


def test_no_model_yet(tmp_path: Path) -> None:
    """An empty slot answers 503 with Retry-After."""
    app, _ = make_app(tmp_path)
    answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("inline_rows", [0, 64])
def test_model_failure(tmp_path: Path, inline_rows: int) -> None:
    """The answer is a 500 with the request id; the log has the stack, but no values."""
    app, _ = make_app(tmp_path, make_live_version(ErrorModel(), inline_rows=inline_rows))
    with capture_logs() as logs:
        body = build_body({**INSTANCE, "note": "SECRET"})
        answer = call(app, post("/predict", body, x_request_id="look-for-me"))
    assert answer.status == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "look-for-me"
    (entry,) = logs
    assert entry["request_id"] == "look-for-me"
    assert "in score" in entry["stack"]
    assert "SECRET" not in f"{logs}{answer.body!r}"
    assert b"Traceback" not in answer.body


def test_internal_error(tmp_path: Path) -> None:
    """An unexpected exception is a 500, and is logged."""
    broken = make_live_version()
    object.__setattr__(broken, "codecs", {})
    app, _ = make_app(tmp_path, broken)
    with capture_logs() as logs:
        answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "KeyError" in logs[0]["stack"]


def test_client_disconnect(tmp_path: Path) -> None:
    """A disconnect within a body gets no answer, and is counted and logged as 499."""
    app, core = make_app(tmp_path, make_live_version())
    with capture_logs() as logs:
        request = post("/predict", b'{"inst')
        request.is_cut = True
        answer = call(app, request)
    assert answer.status == 0
    assert [(entry["event"], entry["status"]) for entry in logs] == [("client disconnected", 499)]
    assert core.metrics.requests["predict", 499, "1"] == 1


def test_successful_request_is_not_logged(tmp_path: Path) -> None:
    """A successful request writes no line."""
    app, _ = make_app(tmp_path, make_live_version())
    with capture_logs() as logs:
        assert call(app, post("/predict", GOOD_BODY)).status == 200
    assert logs == []


def test_rejected_request_is_one_line_without_values(tmp_path: Path) -> None:
    """The line has the id, version, status, problem and duration."""
    app, _ = make_app(tmp_path, make_live_version(version="7"))
    with capture_logs() as logs:
        body = build_body({**INSTANCE, "n": "SECRET\nlevel=info"})
        assert call(app, post("/predict", body, x_request_id="look-for-me")).status == 422
    [entry] = logs
    assert entry.pop("duration_ms") > 0
    assert entry == {
        "event": "request rejected",
        "log_level": "info",
        "request_id": "look-for-me",
        "protocol": "predict",
        "status": 422,
        "version": "7",
        "problem": "invalid-rows",
    }
