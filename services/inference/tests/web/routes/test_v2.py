"""The V2 protocol over HTTP: metadata, inference and errors."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, call, get, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SumModel

MODEL = "/v2/models/churn_model"
BODY = json.dumps(
    {
        "inputs": [
            {"name": "x", "shape": [1], "datatype": "FP64", "data": [1]},
            {"name": "n", "shape": [1], "datatype": "INT64", "data": [1]},
        ],
        "parameters": {"binary_data_output": True},
    }
).encode()


def test_metadata(tmp_path: Path) -> None:
    """The server, the model and the version have metadata."""
    app, _ = make_app(tmp_path, make_live_version())
    assert get(app, "/v2").json()["extensions"] == ["binary_tensor_data"]
    for path in (MODEL, f"{MODEL}/versions/1"):
        metadata = get(app, path).json()
        assert (metadata["name"], metadata["versions"], metadata["platform"]) == (
            "churn_model",
            ["1"],
            "onnx_onnxv1",
        )
        assert [tensor["name"] for tensor in metadata["inputs"]] == ["x", "n", "note"]
        assert [tensor["name"] for tensor in metadata["outputs"]] == ["label", "probabilities"]


def test_server_is_ready_with_a_model(tmp_path: Path) -> None:
    """Before the first model the server is live, but not ready."""
    app, core = make_app(tmp_path)
    paths = ("/v2/health/ready", f"{MODEL}/ready", f"{MODEL}/versions/1/ready", MODEL)
    assert get(app, "/v2/health/live").status == 200
    for path in paths:
        answer = get(app, path)
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    core.live.swap(make_live_version())
    for path in paths:
        assert get(app, path).status == 200


@pytest.mark.parametrize("path", ["/v2/models/other", f"{MODEL}/versions/2"])
def test_other_models_and_versions_are_not_found(tmp_path: Path, path: str) -> None:
    """Every route of another model or version answers 404."""
    app, _ = make_app(tmp_path, make_live_version())
    answers = [get(app, path), get(app, f"{path}/ready"), call(app, post(f"{path}/infer", BODY))]
    for answer in answers:
        assert answer.status == 404
        assert answer.json()["error"] == answer.json()["detail"]


@pytest.mark.parametrize("path", [f"{MODEL}/infer", f"{MODEL}/versions/1/infer"])
@pytest.mark.parametrize("headers", [{}, {"content-type": "application/octet-stream"}])
def test_infer(tmp_path: Path, path: str, headers: dict[str, str]) -> None:
    """A request needs no content type; the answer names the version."""
    app, core = make_app(tmp_path, make_live_version(SumModel(0.75)))
    answer = call(app, Request("POST", path, (BODY,), headers))
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-model-version"] == "1"
    head = json.loads(answer.body[: int(answer.headers["inference-header-content-length"])])
    assert head["model_version"] == "1"
    assert core.metrics.requests["v2", 200, "1"] == 1


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (post(f"{MODEL}/infer", b"{"), 400),
        (post(f"{MODEL}/infer", BODY, content_type="text/csv"), 415),
        (post(f"{MODEL}/infer", BODY.replace(b'"n"', b'"x"')), 400),
        (post(f"{MODEL}/infer", BODY.replace(b'"data": [1]', b'"data": ["a"]')), 422),
        (post(f"{MODEL}/infer", BODY, inference_header_content_length="9999"), 400),
        (Request("GET", f"{MODEL}/infer"), 405),
        (Request("POST", "/v2"), 405),
        (Request("GET", "/v2/other"), 404),
    ],
)
def test_problems_have_the_error_member(tmp_path: Path, request_: Request, status: int) -> None:
    """Under /v2 every problem has the member `error`, equal to `detail`."""
    app, _ = make_app(tmp_path, make_live_version())
    answer = call(app, request_)
    problem: dict[str, Any] = answer.json()
    assert (answer.status, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["error"] == problem["detail"]


def test_other_problems_have_no_error_member(tmp_path: Path) -> None:
    """Problems outside /v2 have no `error`."""
    app, _ = make_app(tmp_path, make_live_version())
    for path in ("/predict", "/v3"):
        assert "error" not in get(app, path).json()
