"""The proxy: headers, and the answer without an inference container."""

import httpx

from tests.support.rig.process import wait_until
from tests.support.stack.containers import BODY, Stack

REQUEST_ID = "a-caller.s_own-1"


def test_headers_pass_unchanged(stack: Stack) -> None:
    """The answer has the caller's request id and the version."""
    answer = stack.http.post("/predict", json=BODY, headers={"X-Request-ID": REQUEST_ID})

    assert answer.headers["X-Request-ID"] == REQUEST_ID
    assert answer.headers["X-Model-Version"] == answer.json()["model_version"]


def test_no_inference_container_is_a_problem_document(stack: Stack) -> None:
    """The answer is a 503 problem document with the caller's request id."""
    stack.docker("stop", "inference")
    try:
        answer = stack.http.post("/predict", json=BODY, headers={"X-Request-ID": REQUEST_ID})
    finally:
        stack.docker("start", "inference")
        wait_until(stack.is_serving, 30, "inference serves again")

    problem = answer.json()
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert problem["request_id"] == answer.headers["X-Request-ID"] == REQUEST_ID
    assert (problem["status"], problem["detail"]) == (503, "no inference container is ready")
