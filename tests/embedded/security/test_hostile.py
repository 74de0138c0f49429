"""Hostile input is rejected without 5xx, leaks or forged log lines."""

import base64
import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import pandas as pd
import pytest

from baton_registry.versions.model_version import ModelVersion
from tests.support.bodies.customer import CUSTOMER
from tests.support.bodies.hostile import (
    JSON,
    MARKER,
    Hostile,
    build_invocations_bodies,
    build_predict_body,
    build_v2_bodies,
    yield_mutants,
    yield_tricks,
)
from tests.support.rig.desk import WEBHOOK_SECRET, Desk, move_alias, register
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL
from tests.support.rig.raw_http import RawAnswer, RawConnection, build_request

MUTANTS = 150
LEAKS = re.compile(
    r'Traceback|File "|site-packages|\.py\b|0x[0-9a-f]{8}|/tmp/|/home/|/root/|object at'
)
POST = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
REJECTIONS = {400, 401, 404, 413, 415, 422}
FEEDBACK = Hostile(
    b'{"feedback":[{"request_id":"a-1","row":0,"label":"Yes","at":"2026-11-29T10:00:00Z"}]}', JSON
)
MAX_MEMORY_MIB = 400
"""Of the process; a container of the stack has 512."""

FORMS = [("/predict", build_predict_body())]
FORMS += [("/invocations", body) for body in build_invocations_bodies()]
FORMS += [("/v2/models/shared_model/infer", body) for body in build_v2_bodies()]


def read_peak_memory_mib(service: Inference) -> int:
    """Reads the peak memory of the process."""
    text = Path(f"/proc/{service.pid}/status").read_text()
    match = re.search(r"VmHWM:\s+(\d+)", text)
    assert match
    return int(match[1]) // 1024


def check(answer: RawAnswer, sent: bytes) -> None:
    """Checks that an answer is good, or a problem document without a leak."""
    if answer.status in (200, 202):
        return
    text = answer.body.decode()
    assert answer.status in REJECTIONS, (answer.status, text[:300], sent[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(text)
    assert problem["status"] == answer.status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert not LEAKS.search(text), text
    assert len(text) < 64 * 1024


def send_all(service: Inference, path: str, bodies: Iterable[Hostile]) -> set[int]:
    """Sends the bodies, checks the answers and returns their statuses.

    Each body is sent twice. The question mark, which means nothing, makes the server use ASGI
    where it would answer directly: callers must not see the difference.
    """
    statuses = set()
    with RawConnection(service.port) as connection:
        for body in bodies:
            headers = [("content-type", body.media_type), *body.headers, ("x-request-id", "h")]
            direct = connection.ask(build_request(path, body.content, headers))
            asgi = connection.ask(build_request(f"{path}?", body.content, headers))
            assert direct.without_date() == asgi.without_date()
            check(direct, body.content)
            statuses.add(direct.status)
    return statuses


@pytest.mark.parametrize(("path", "good"), FORMS)
def test_hostile_body_is_scored_or_rejected(
    shared_inference: Inference, path: str, good: Hostile
) -> None:
    """Known tricks and seeded mutations of every form never break the service."""
    assert send_all(shared_inference, path, [good]) == {200}
    statuses = send_all(shared_inference, path, yield_tricks(good))
    statuses |= send_all(shared_inference, path, yield_mutants(good, path, MUTANTS))
    assert statuses >= {400, 415}
    assert shared_inference.predict([CUSTOMER])["model_version"] == "1"
    assert read_peak_memory_mib(shared_inference) < MAX_MEMORY_MIB


def test_hostile_feedback_is_stored_or_rejected(
    desk: Desk, trained_versions: list[ModelVersion]
) -> None:
    """Tricks and mutations of labels: every file of the log stays readable."""
    register(desk, trained_versions[0])
    move_alias(desk, "1")
    log = desk.folder / "predictions"
    with desk.serve(BATON_PREDICTIONS_DIR=str(log)) as inference:
        inference.wait_until_serving("1")
        # Only few mutations are valid: each accepted one waits for a file, at most a second.
        bodies = [FEEDBACK, *yield_tricks(FEEDBACK), *yield_mutants(FEEDBACK, "/feedback", 60)]
        statuses = {post_feedback(inference, body) for body in bodies}
        assert statuses >= {202, 400, 415, 422}
        assert read_peak_memory_mib(inference) < MAX_MEMORY_MIB
    assert statuses <= {202, *REJECTIONS}
    files = (log / "labels").rglob("*.parquet")
    assert {label for file in files for label in pd.read_parquet(file)["label"]} == {"Yes"}


def post_feedback(inference: Inference, body: Hostile) -> int:
    """Sends one body, and checks the answer."""
    headers = [("content-type", body.media_type), *body.headers]
    with RawConnection(inference.port) as connection:
        answer = connection.ask(build_request("/feedback", body.content, headers))
    check(answer, body.content)
    return answer.status


def sign(content: bytes, at_s: float, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """Creates the headers of a delivery that MLflow signs."""
    stamp = str(int(at_s))
    digest = hmac.new(secret.encode(), f"1.{stamp}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    names = ("X-MLflow-Delivery-Id", "X-MLflow-Timestamp", "X-MLflow-Signature")
    return dict(zip(names, ("1", stamp, signature), strict=True))


def test_hostile_delivery_is_accepted_or_rejected(shared_inference: Inference) -> None:
    """Mutated bodies with a valid signature and malformed headers never break the webhook."""
    data = {"name": "shared_model", "alias": "production", "version": "1"}
    event = {"entity": "model_version_alias", "action": "created", "data": data}
    good = Hostile(json.dumps(event).encode(), JSON)
    path = "/webhooks/mlflow"
    bodies = [good, *yield_tricks(good), *yield_mutants(good, path, MUTANTS)]
    signed_ones = [
        Hostile(each.content, JSON, tuple(sign(each.content, time.time()).items()))
        for each in bodies
    ]
    assert send_all(shared_inference, path, signed_ones) >= {202, 400}
    for name in sign(b"", 0):
        for value in ("", "x" * 9000, "9" * 5000, "-1", "v1,", "v1,!!", "nan", "\xb2"):
            headers = {**sign(good.content, time.time()), name: value}
            with RawConnection(shared_inference.port) as connection:
                check(connection.ask(build_request(path, good.content, headers)), b"")


def test_expired_or_forged_delivery_is_rejected(shared_inference: Inference) -> None:
    """A replay after five minutes and a wrong signature are rejected."""
    old, forged = sign(b"{}", time.time() - 301), sign(b"{}", time.time(), "guess")
    for headers in (old, forged):
        with RawConnection(shared_inference.port) as connection:
            answer = connection.ask(build_request("/webhooks/mlflow", b"{}", headers))
        assert answer.status == 401
        check(answer, b"{}")


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /%zz%00%0d%0aX: y HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET http://[/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\n x: folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nx: " + b"y" * 100_000,
        b"GET /" + b"y" * 100_000,
        POST + b"content-length: -1\r\n\r\n",
        POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        POST + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_malformed_request(shared_inference: Inference, sent: bytes) -> None:
    """Invalid or ambiguous HTTP causes no 5xx, and the service keeps answering."""
    with socket.create_connection((LOCAL, shared_inference.port), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionError:
            pass
    assert not re.search(rb"HTTP/1.1 5", answer), answer
    assert not LEAKS.search(answer.decode(errors="replace")), answer
    assert shared_inference.http.get("/livez").status_code == 200


def test_log_repeats_no_input(shared_inference: Inference) -> None:
    """Each line is one event, without row values, secrets or events forged by a client."""
    forged = '{"event": "all is well"}'
    for path in (f"/nothing\n{forged}", f"/nothing%0a{forged}", "/v2/models/%0a/infer"):
        shared_inference.http.get(httpx.URL(shared_inference.url).join(path.replace("\n", "%0A")))
    headers = {"x-request-id": f"a {forged}", "user-agent": MARKER, "authorization": MARKER}
    shared_inference.http.post(
        "/predict", content=build_predict_body().content[:-3], headers=headers
    )
    lines = shared_inference.log.read_text(errors="strict").splitlines()
    events = [json.loads(line) for line in lines if line]
    assert not any(event["event"] == "all is well" for event in events)
    text = "\n".join(lines)
    assert MARKER not in text
    assert WEBHOOK_SECRET not in text
    assert "Traceback" not in text
