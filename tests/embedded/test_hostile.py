"""Hostile input: refused as the contract says, with no 5xx, no leak, no forged line in the log."""

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
import pytest

from tests.support.bodies.customer import CUSTOMER
from tests.support.bodies.hostile import (
    CANARY,
    JSON,
    Hostile,
    invocations_bodies,
    mutants,
    predict_body,
    tricks,
    v2_bodies,
)
from tests.support.rig.desk import WEBHOOK_SECRET
from tests.support.rig.inference import Inference
from tests.support.rig.process import LOCAL

MUTANTS = 150
LEAKS = re.compile(
    r'Traceback|File "|site-packages|\.py\b|0x[0-9a-f]{8}|/tmp/|/home/|/root/|object at'
)
POST = b"POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
REFUSALS = {400, 401, 404, 413, 415, 422}
MOST_MEMORY_MIB = 400
"""Of the process: a container of the stack has 512."""

FORMS = [("/predict", predict_body())]
FORMS += [("/invocations", body) for body in invocations_bodies()]
FORMS += [("/v2/models/shared_model/infer", body) for body in v2_bodies()]


def memory_mib(service: Inference) -> int:
    """The most that the process has ever held."""
    text = Path(f"/proc/{service.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", text)
    assert found
    return int(found[1]) // 1024


def check(answer: httpx.Response, sent: bytes) -> None:
    """An answer is a good one, or a problem that tells nothing of us."""
    if answer.status_code in (200, 202):
        return
    assert answer.status_code in REFUSALS, (answer.status_code, answer.text[:300], sent[:300])
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert not LEAKS.search(answer.text), answer.text
    assert len(answer.content) < 64 * 1024


def send_all(service: Inference, path: str, bodies: Iterable[Hostile]) -> set[int]:
    """The statuses of the answers, all of which are checked."""
    statuses = set()
    for body in bodies:
        headers = {"content-type": body.media_type, **dict(body.headers)}
        answer = service.http.post(path, content=body.content, headers=headers)
        check(answer, body.content)
        statuses.add(answer.status_code)
    return statuses


@pytest.mark.parametrize(("path", "good"), FORMS)
def test_no_body_trips_the_service_up(
    shared_inference: Inference, path: str, good: Hostile
) -> None:
    """Known tricks and seeded mutations of every form: scored or refused, never worse."""
    assert send_all(shared_inference, path, [good]) == {200}
    statuses = send_all(shared_inference, path, tricks(good))
    statuses |= send_all(shared_inference, path, mutants(good, path, MUTANTS))
    assert statuses >= {400, 415}
    assert shared_inference.predict([CUSTOMER])["model_version"] == "1"
    assert memory_mib(shared_inference) < MOST_MEMORY_MIB


def signed(content: bytes, at_s: float, secret: str = WEBHOOK_SECRET) -> dict[str, str]:
    """The headers of a delivery as MLflow signs it."""
    stamp = str(int(at_s))
    digest = hmac.new(secret.encode(), f"1.{stamp}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    names = ("X-MLflow-Delivery-Id", "X-MLflow-Timestamp", "X-MLflow-Signature")
    return dict(zip(names, ("1", stamp, signature), strict=True))


def test_no_delivery_trips_the_webhook_up(shared_inference: Inference) -> None:
    """Signed and mutated, the webhook's bodies are taken or refused; so are its odd headers."""
    data = {"name": "shared_model", "alias": "production", "version": "1"}
    event = {"entity": "model_version_alias", "action": "created", "data": data}
    good = Hostile(json.dumps(event).encode(), JSON)
    path = "/webhooks/mlflow"
    bodies = [good, *tricks(good), *mutants(good, path, MUTANTS)]
    signed_ones = [
        Hostile(each.content, JSON, tuple(signed(each.content, time.time()).items()))
        for each in bodies
    ]
    assert send_all(shared_inference, path, signed_ones) >= {202, 400}
    for name in signed(b"", 0):
        for value in ("", "x" * 9000, "9" * 5000, "-1", "v1,", "v1,!!", "nan", "\xb2"):
            headers = {**signed(good.content, time.time()), name: value}
            encoded = [(key.encode(), text.encode("latin-1")) for key, text in headers.items()]
            check(shared_inference.http.post(path, content=good.content, headers=encoded), b"")


def test_a_delivery_is_of_no_use_after_its_time(shared_inference: Inference) -> None:
    """Replayed after five minutes, or signed by somebody else, it is refused."""
    old, forged = signed(b"{}", time.time() - 301), signed(b"{}", time.time(), "guess")
    for headers in (old, forged):
        answer = shared_inference.http.post("/webhooks/mlflow", content=b"{}", headers=headers)
        assert answer.status_code == 401
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
def test_what_is_hardly_a_request(shared_inference: Inference, sent: bytes) -> None:
    """Bytes that are no HTTP, or two requests in one: no 5xx, and nobody else suffers."""
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


def test_the_log_tells_of_it_and_repeats_nothing(shared_inference: Inference) -> None:
    """Each line is one event: no value of a row, no secret, none that a client made up."""
    forged = '{"event": "all is well"}'
    for path in (f"/nothing\n{forged}", f"/nothing%0a{forged}", "/v2/models/%0a/infer"):
        shared_inference.http.get(httpx.URL(shared_inference.url).join(path.replace("\n", "%0A")))
    headers = {"x-request-id": f"a {forged}", "user-agent": CANARY, "authorization": CANARY}
    shared_inference.http.post("/predict", content=predict_body().content[:-3], headers=headers)
    lines = shared_inference.log.read_text(errors="strict").splitlines()
    events = [json.loads(line) for line in lines if line]
    assert not any(event["event"] == "all is well" for event in events)
    text = "\n".join(lines)
    assert CANARY not in text
    assert WEBHOOK_SECRET not in text
    assert "Traceback" not in text
