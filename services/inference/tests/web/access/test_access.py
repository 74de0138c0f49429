"""API keys: which paths need one, and with which scope."""

import base64
from pathlib import Path

import pytest

from baton_common.api_keys import KeyRing, Scope, generate_key
from baton_inference.errors import Forbidden, Unauthenticated
from baton_inference.web.access.access import Access, find_scopes
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.answers.problems import build_problem
from baton_inference.web.front import Front
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY

pytestmark = pytest.mark.usefixtures("each_way")
"""Both ways of answering must be the same."""

SCORER, SCORER_KEY = generate_key("scorer", [Scope.SCORING])
OPERATOR, OPERATOR_KEY = generate_key("operator", [Scope.OPERATIONS])
SENDER, SENDER_KEY = generate_key("sender", [Scope.FEEDBACK])
ACCESS = Access(lambda: KeyRing([SCORER_KEY, OPERATOR_KEY, SENDER_KEY]))

OPEN = (
    "/livez",
    "/readyz",
    "/ping",
    "/health",
    "/v2/health/live",
    "/v2/health/ready",
    "/webhooks/mlflow",
)
SCORING = ("/predict", "/invocations", "/version", "/v2", "/v2/models/m", "/v2/models/m/infer")
FEEDBACK = ("/feedback",)
OPERATIONS = (
    "/feedback/",
    "/",
    "/status",
    "/metrics",
    "/console/data",
    "/what/ever",
    "/livez/",
    "/v2x",
)
DOCUMENT = ("/docs", "/openapi.json", "/static-offline-docs/swagger-ui.css")


def build_basic(secret: str) -> bytes:
    return b"Basic " + base64.b64encode(f"any-user:{secret}".encode())


def is_allowed(path: str, *headers: tuple[bytes, bytes]) -> bool:
    """Whether a request with these headers passes."""
    try:
        ACCESS.check(path, headers)
    except (Unauthenticated, Forbidden):
        return False
    return True


def build_bearer(secret: str) -> tuple[bytes, bytes]:
    return (b"authorization", f"Bearer {secret}".encode())


@pytest.mark.parametrize("path", OPEN)
def test_health_is_open(path: str) -> None:
    """Health checks and webhooks need no API key."""
    assert is_allowed(path)


@pytest.mark.parametrize(
    ("paths", "allowed"),
    [
        (SCORING, {SCORER}),
        (FEEDBACK, {SENDER}),
        (OPERATIONS, {OPERATOR}),
        (DOCUMENT, {SCORER, SENDER, OPERATOR}),
    ],
)
def test_key_opens_only_its_scopes(paths: tuple[str, ...], allowed: set[str]) -> None:
    """The scopes are separate; unknown paths are for operations."""
    for path in paths:
        for secret in (SCORER, SENDER, OPERATOR):
            assert is_allowed(path, build_bearer(secret)) is (secret in allowed)
        assert not is_allowed(path)


@pytest.mark.parametrize(
    "header",
    [
        build_bearer(SCORER),
        (b"authorization", b"bearer  " + SCORER.encode()),
        (b"x-api-key", SCORER.encode()),
        (b"authorization", build_basic(SCORER)),
    ],
)
def test_key_in_each_supported_header(header: tuple[bytes, bytes]) -> None:
    """A key is a bearer token, the header X-API-Key, or the password of Basic."""
    assert is_allowed("/predict", header)


@pytest.mark.parametrize(
    "header",
    [
        (b"authorization", SCORER.encode()),
        (b"authorization", b"Digest " + SCORER.encode()),
        (b"authorization", b"Bearer"),
        (b"authorization", b"Bearer " + SCORER.encode()[:-1]),
        (b"authorization", b"Basic !!"),
        (b"authorization", b"Basic " + base64.b64encode(SCORER.encode())),
        (b"x-api-key", b""),
        (b"x-api-key", SCORER_KEY.digest.hex().encode()),
        (b"x-api-key", b"\xff\x00"),
        (b"cookie", SCORER.encode()),
    ],
)
def test_invalid_key_is_rejected(header: tuple[bytes, bytes]) -> None:
    """Part of a key, its hash, or a key in another header do not count."""
    with pytest.raises(Unauthenticated):
        ACCESS.check("/predict", [header])


def test_one_valid_key_of_several_is_enough() -> None:
    """A browser may send its own key and the key of a page."""
    assert is_allowed("/predict", build_bearer(OPERATOR), (b"x-api-key", SCORER.encode()))
    with pytest.raises(Forbidden, match="scope scoring"):
        ACCESS.check("/predict", [build_bearer(OPERATOR)])


def test_open_paths_need_no_scope() -> None:
    """The list of open paths in this test is complete."""
    assert all(not find_scopes(path) for path in OPEN)


# -- through the application -----------------------------------------------------------------------


@pytest.fixture
def app(tmp_path: Path) -> Front:
    """The application with both keys and serving version 1."""
    (tmp_path / "keys").write_text(f"{SCORER_KEY.line}\n{OPERATOR_KEY.line}\n")
    app, _ = make_app(tmp_path, make_live_version(), keys=KeyFile(tmp_path / "keys"))
    return app


def get(app: Front, path: str, secret: str = "") -> Response:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return call(app, Request("GET", path, headers=headers))


def test_scoring_needs_a_key(app: Front) -> None:
    """No key: 401 and the way to send one. Another scope: 403. The right scope: an answer."""
    answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:baton:problem:not-admitted"
    assert "realm" in answer.headers["www-authenticate"]
    assert call(app, post("/predict", GOOD_BODY, x_api_key=OPERATOR)).status == 403
    assert call(app, post("/predict", GOOD_BODY, x_api_key=SCORER)).status == 200
    assert call(app, post("/v2/models/churn_model/infer", b"{}")).json()["error"]


def test_body_without_a_key_is_not_read(app: Front) -> None:
    """A request without a key costs neither memory nor work."""
    answer = call(app, Request("POST", "/predict", (b"x" * 99,), is_cut=True))
    assert answer.status == 401


def test_rejections_are_counted(app: Front) -> None:
    """Attempts to guess keys show in the metrics."""
    call(app, post("/predict", GOOD_BODY, x_api_key="guess"))
    text = get(app, "/metrics", OPERATOR).body.decode()
    assert 'code="401"' in text


def test_operations_need_their_own_key(app: Front) -> None:
    """Status, metrics, the page and unknown paths need the scope operations; health is open."""
    for path in ("/", "/status", "/metrics", "/console/data", "/none"):
        assert get(app, path).status == 401
        assert get(app, path, SCORER).status == 403
        assert get(app, path, OPERATOR).status in (200, 404)
    for path in ("/livez", "/readyz", "/ping", "/health", "/v2/health/ready"):
        assert get(app, path).status == 200


def test_each_challenge_has_its_own_header() -> None:
    """A browser prompts for a password only if `Basic` is first in its header."""
    challenges = dict.fromkeys(build_problem(Unauthenticated("no"), "id").headers)
    assert [value.split()[0] for _, value in challenges] == [b"Bearer", b"Basic"]


def test_openapi_declares_keys(app: Front) -> None:
    """The document declares which routes need a key, and their answers without one."""
    document = get(app, "/openapi.json", SCORER).json()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "header", "basic"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_open = path in OPEN
            assert ("security" in operation) is not is_open, path
            assert is_open or {"401", "403"} <= operation["responses"].keys()


def test_without_a_key_file_there_is_no_authentication(tmp_path: Path) -> None:
    """Requests need no key, and the document declares none."""
    app, _ = make_app(tmp_path, make_live_version())
    assert call(app, post("/predict", GOOD_BODY)).status == 200
    document = get(app, "/openapi.json").json()
    assert "securitySchemes" not in document["components"]
    assert "401" not in document["paths"]["/predict"]["post"]["responses"]
