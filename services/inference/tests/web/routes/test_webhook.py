"""`POST /webhooks/mlflow`."""

import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from baton_inference.core import Core
from baton_inference.web.front import Front
from baton_inference.web.routes.webhook import MAX_BODY_BYTES
from baton_inference.web.webhook import Delivery
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, get

PATH = "/webhooks/mlflow"
SECRET = "the shared secret"
MOVED = (
    b'{"entity": "model_version_alias", "action": "created",'
    b' "data": {"name": "churn_model", "alias": "production", "version": "2"}}'
)


@pytest.fixture
def app(tmp_path: Path) -> tuple[Front, Core]:
    """An application with the webhook route."""
    return make_app(tmp_path, BATON_WEBHOOK_SECRET=SECRET)


def deliver(front: Front, body: bytes = MOVED, secret: str = SECRET) -> Response:
    """Sends a delivery that was just signed with `secret`."""
    sent = Delivery("id-1", str(int(time.time())), "", body)
    headers = {
        "X-MLflow-Delivery-Id": sent.delivery_id,
        "X-MLflow-Timestamp": sent.timestamp,
        "X-MLflow-Signature": sent.sign(secret.encode()),
    }
    return call(front, Request("POST", PATH, (body[:10], body[10:]), headers))


def test_without_a_secret_there_is_no_route(tmp_path: Path) -> None:
    """Without a secret, the route is neither served nor documented."""
    front, _ = make_app(tmp_path)
    assert deliver(front).status == 404
    assert PATH not in get(front, "/openapi.json").json()["paths"]


def test_genuine_delivery_triggers_a_poll(app: tuple[Front, Core]) -> None:
    """The answer is an empty 202, and the poller wakes up."""
    front, core = app
    with capture_logs():
        answer = deliver(front)
    assert (answer.status, answer.body) == (202, b"")
    assert answer.headers["x-request-id"]
    assert core.poller._wake.is_set()


@pytest.mark.parametrize(
    ("body", "secret", "status"),
    [
        (MOVED, "another", 401),
        (b"{}", SECRET, 400),
        (b" " * (MAX_BODY_BYTES + 1), SECRET, 413),
    ],
)
def test_problems(app: tuple[Front, Core], body: bytes, secret: str, status: int) -> None:
    """A rejected delivery is a problem and a line in the log, and triggers no poll."""
    front, core = app
    with capture_logs() as logs:
        answer = deliver(front, body, secret)
    assert answer.status == status
    [entry] = logs
    assert (entry["protocol"], entry["status"]) == ("webhook", status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert not core.poller._wake.is_set()


def test_missing_headers_are_rejected(app: tuple[Front, Core]) -> None:
    """A POST without a webhook signature answers 401."""
    front, core = app
    assert call(front, Request("POST", PATH, (MOVED,))).status == 401
    assert not core.poller._wake.is_set()


def test_incomplete_delivery_triggers_no_poll(app: tuple[Front, Core]) -> None:
    """A delivery whose connection breaks is ignored."""
    front, core = app
    call(front, Request("POST", PATH, (MOVED,), is_cut=True))
    assert not core.poller._wake.is_set()


def test_every_status_is_declared(app: tuple[Front, Core]) -> None:
    """The document has all statuses of the route."""
    operation = get(app[0], "/openapi.json").json()["paths"][PATH]["post"]
    assert set(operation["responses"]) == {"202", "400", "401", "413", "503"}
    assert len(operation["parameters"]) == 3
