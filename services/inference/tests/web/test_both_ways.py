"""Callers cannot tell a direct answer from an ASGI answer: byte for byte, apart from dates.

A question mark at the end of the target makes the server use ASGI, and means the same.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from baton_common.api_keys import Scope, generate_key
from tests.support.fakes.bad_models import BAD, GOOD, build_bad_model
from tests.support.rig.raw_http import RawAnswer, RawConnection, build_request
from tests.support.rig.served_registry import serve_registry
from tests.support.rig.service_process import (
    BODY,
    HEADERS,
    Service,
    build_tiny_onnx,
    running,
    start,
)

ROW = {"x": 1.5}
SPLIT = {"dataframe_split": {"columns": ["x"], "data": [[1.5], [None]]}}
TENSOR = {"name": "x", "datatype": "FP64", "shape": [2], "data": [1.5, -2]}
V2 = "/v2/models/churn_model/infer"
CSV = {"content-type": "text/csv"}
BINARY = {
    "content-type": "application/octet-stream",
    "inference-header-content-length": "98",
}
SECRET, KEY = generate_key("scorer", [Scope.SCORING])
OTHER_SECRET, OTHER_KEY = generate_key("operator", [Scope.OPERATIONS])


def encode(document: Any) -> bytes:
    return json.dumps(document).encode()


CASES: list[tuple[str, bytes, dict[str, str]]] = [
    ("/predict", BODY, HEADERS),
    ("/predict", BODY, {**HEADERS, "x-request-id": "a b"}),
    ("/predict", BODY, {"content-type": "application/json; charset=UTF-8"}),
    ("/predict", encode({"instances": [ROW] * 700}), HEADERS),
    ("/predict", encode({"instances": [ROW] * 100}), HEADERS),
    ("/predict", encode({"instances": []}), HEADERS),
    ("/predict", encode({"instances": [{"x": "one"}, {"y": 1}, 3]}), HEADERS),
    ("/predict", encode({"instances": [{"x": "one"}, {"y": 1}, {"x": None}]}), HEADERS),
    ("/predict", b"", HEADERS),
    ("/predict", b"{", HEADERS),
    ("/predict", b'{"instances":[{"x":NaN}]}', HEADERS),
    ("/predict", b'{"instances":[{"x":1e999}]}', HEADERS),
    ("/predict", b"\xff" * 100, HEADERS),
    ("/predict", BODY, {}),
    ("/predict", BODY, {"content-type": "text/plain"}),
    ("/predict", BODY, {"content-type": "application/json; charset=latin-1"}),
    ("/predict", BODY, {**HEADERS, "content-encoding": "br"}),
    ("/predict", BODY, {**HEADERS, "content-encoding": "gzip"}),
    ("/predict", BODY, {**HEADERS, "content-encoding": "identity"}),
    ("/predict", BODY, {**HEADERS, "accept": "application/vnd.apache.parquet"}),
    ("/predict/", BODY, HEADERS),
    ("/nowhere", BODY, HEADERS),
    ("/invocations", encode(SPLIT), HEADERS),
    ("/invocations", b"x\n1.5\n2\n", CSV),
    ("/invocations", b"y\n1.5\n", CSV),
    ("/invocations", encode({"instances": [ROW], "inputs": ROW}), HEADERS),
    (V2, encode({"inputs": [TENSOR]}), HEADERS),
    (V2, encode({"id": "7", "inputs": [TENSOR], "outputs": [{"name": "label"}]}), {}),
    (V2, encode({"inputs": [TENSOR], "parameters": {"binary_data_output": True}}), HEADERS),
    (V2, encode({"inputs": [TENSOR, TENSOR]}), HEADERS),
    (V2, encode({"inputs": []}), BINARY),
    ("/v2/models/churn_model/versions/1/infer", encode({"inputs": [TENSOR]}), HEADERS),
    ("/v2/models/churn_model/versions/2/infer", encode({"inputs": [TENSOR]}), HEADERS),
    ("/v2/models/other/infer", encode({"inputs": [TENSOR]}), HEADERS),
    ("/v2/models/a%2Fb/infer", encode({"inputs": [TENSOR]}), HEADERS),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A ready service without API keys."""
    with running(tmp_path_factory.mktemp("service"), BATON_POLL_INTERVAL_S="3600") as started:
        started.wait_until_ready()
        yield started


@pytest.fixture(scope="module")
def closed_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A ready service with API keys and a low limit."""
    folder = tmp_path_factory.mktemp("closed")
    (folder / "keys").write_text(f"{KEY.line}\n{OTHER_KEY.line}\n")
    keys = str(folder / "keys")
    with running(folder, BATON_API_KEYS_FILE=keys, BATON_MAX_BODY_BYTES="1024") as started:
        started.wait_until_ready()
        yield started


def ask_both_ways(
    service: Service, path: str, body: bytes, headers: dict[str, str]
) -> tuple[RawAnswer, RawAnswer]:
    """Sends a request directly and by ASGI, with the same id."""
    named = {"x-request-id": "same", **headers}
    answers = []
    with RawConnection(service.port) as connection:
        for target in (path, f"{path}?"):
            connection.send(build_request(target, body, named))
            answers.append(connection.read().without_date())
    direct, asgi = answers
    return direct, asgi


def hide_new_ids(answer: RawAnswer) -> RawAnswer:
    """Hides ids that the service chose."""
    return RawAnswer(*(re.sub(rb"[0-9a-f]{12}-[0-9a-f]+", b"NEW", part) for part in answer))


@pytest.mark.parametrize(("path", "body", "headers"), CASES)
def test_answers_are_the_same(
    service: Service, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """Scores, rejections and their headers are the same."""
    direct, asgi = ask_both_ways(service, path, body, headers)
    assert hide_new_ids(direct) == hide_new_ids(asgi)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"x-api-key": "wrong"}, 401),
        ({"x-api-key": OTHER_SECRET}, 403),
        ({"x-api-key": SECRET}, 200),
        ({"authorization": f"Bearer {SECRET}"}, 200),
        ({"x-api-key": SECRET, "content-type": "text/plain"}, 415),
    ],
)
@pytest.mark.parametrize("path", ["/predict", V2])
def test_access_is_the_same(
    closed_service: Service, path: str, headers: dict[str, str], status: int
) -> None:
    """Both ways check the same keys."""
    body = BODY if path == "/predict" else encode({"inputs": [TENSOR]})
    direct, asgi = ask_both_ways(closed_service, path, body, {**HEADERS, **headers})
    assert direct == asgi
    assert direct.status == status


def test_limits_are_the_same(closed_service: Service) -> None:
    """Both ways reject a body over the limit."""
    headers = {**HEADERS, "x-api-key": SECRET}
    direct, asgi = ask_both_ways(closed_service, "/predict", b" " * 1025, headers)
    assert direct == asgi
    assert direct.status == 413


def test_an_empty_slot_is_the_same(tmp_path: Path) -> None:
    """Both ways answer 503 with Retry-After."""
    with running(tmp_path, BATON_MODEL_NAME="not_cached") as service:
        direct, asgi = ask_both_ways(service, "/predict", BODY, HEADERS)
    assert direct == asgi
    assert direct.status == 503
    assert b"\r\nretry-after: 1\r\n" in direct.head + b"\r\n"


def test_metrics_are_the_same(service: Service) -> None:
    """Both ways count requests, durations and rows under the same labels."""

    def count() -> dict[str, float]:
        with RawConnection(service.port) as connection:
            connection.send(build_request("/metrics", b"", method="GET"))
            lines = connection.read().body.decode().splitlines()
        names = r"baton_(requests_total|rows_total|request_duration_seconds_count)"
        counted = [line.rsplit(" ", 1) for line in lines if re.match(names, line)]
        return {name: float(value) for name, value in counted}

    def add_requests(suffix: str) -> dict[str, float]:
        before = count()
        with RawConnection(service.port) as connection:
            for path, body, headers in CASES:
                if "%" not in path:
                    connection.send(build_request(path + suffix, body, headers))
                    connection.read()
        return {name: value - before.get(name, 0) for name, value in count().items()}

    direct, asgi = add_requests(""), add_requests("?")
    assert direct == asgi
    assert direct['baton_rows_total{model_version="1"}'] > 700
    assert direct['baton_requests_total{code="422",model_version="1",protocol="predict"}'] >= 3


def test_a_canary_is_the_same(tmp_path: Path) -> None:
    """Both ways route a request to the same version, and replace the canary in the same way."""
    with serve_registry() as registry:
        registry.add_model("1", build_tiny_onnx())
        registry.add_model("2", build_bad_model("nan"), weight="50")
        registry.aliases |= {"production": "1", "canary": "2"}
        with start(tmp_path, registry.uri) as service:
            service.wait_until_ready()
            service.wait_until(lambda: (service.read_status()["canary"] or {}).get("since"))
            seen = set()
            for number in range(16):
                for x in (GOOD, BAD):
                    headers = {**HEADERS, "x-routing-key": f"customer {number}"}
                    body = encode({"instances": [{"x": x}]})
                    direct, asgi = ask_both_ways(service, "/predict", body, headers)
                    assert direct == asgi
                    assert direct.status == 200
                    names = re.findall(rb"x-model-(?:version|alias): (\w+)", direct.head)
                    seen.add((x, *names))
            for version in ("1", "2", "3"):
                path = f"/v2/models/churn_model/versions/{version}/infer"
                direct, asgi = ask_both_ways(service, path, encode({"inputs": [TENSOR]}), HEADERS)
                assert direct == asgi
                assert direct.status == (404 if version == "3" else 200)
    assert seen == {
        (GOOD, b"1", b"production"),
        (GOOD, b"2", b"canary"),
        (BAD, b"1", b"production"),
    }
