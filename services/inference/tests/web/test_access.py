"""Who may come in, and to what."""

import base64
from pathlib import Path

import pytest

from baton_inference.errors import NotAdmitted, NotAllowed
from baton_inference.web.access import Access, scopes_of
from baton_inference.web.answers.problems import problem_of
from baton_inference.web.front import Front
from baton_inference.web.key_file import KeyFile
from baton_registry.api_keys import KeyRing, Scope, generate_key
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY

SCORER, SCORER_KEY = generate_key("scorer", [Scope.SCORING])
OPERATOR, OPERATOR_KEY = generate_key("operator", [Scope.OPERATIONS])
ACCESS = Access(lambda: KeyRing([SCORER_KEY, OPERATOR_KEY]))

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
OPERATIONS = ("/", "/status", "/metrics", "/console/data", "/what/ever", "/livez/", "/v2x")
DOCUMENT = ("/docs", "/openapi.json", "/static-offline-docs/swagger-ui.css")


def basic(secret: str) -> bytes:
    return b"Basic " + base64.b64encode(f"anybody:{secret}".encode())


def lets_in(path: str, *headers: tuple[bytes, bytes]) -> bool:
    """Whether a request with these headers passes."""
    try:
        ACCESS.check(path, headers)
    except (NotAdmitted, NotAllowed):
        return False
    return True


def bearer(secret: str) -> tuple[bytes, bytes]:
    return (b"authorization", f"Bearer {secret}".encode())


@pytest.mark.parametrize("path", OPEN)
def test_health_is_open(path: str) -> None:
    """What asks for health has no key, and what the registry sends carries a signature."""
    assert lets_in(path)


@pytest.mark.parametrize(
    ("paths", "scorer", "operator"),
    [(SCORING, True, False), (OPERATIONS, False, True), (DOCUMENT, True, True)],
)
def test_each_key_is_for_its_scopes(
    paths: tuple[str, ...], *, scorer: bool, operator: bool
) -> None:
    """Scoring and operations are apart; what nobody has decided about is for operations."""
    for path in paths:
        assert lets_in(path, bearer(SCORER)) is scorer
        assert lets_in(path, bearer(OPERATOR)) is operator
        assert not lets_in(path)


@pytest.mark.parametrize(
    "header",
    [
        bearer(SCORER),
        (b"authorization", b"bearer  " + SCORER.encode()),
        (b"x-api-key", SCORER.encode()),
        (b"authorization", basic(SCORER)),
    ],
)
def test_a_key_is_shown_in_three_ways(header: tuple[bytes, bytes]) -> None:
    """As a bearer's token, as X-API-Key, or as the password that a browser asks for."""
    assert lets_in("/predict", header)


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
def test_what_is_no_key_lets_nobody_in(header: tuple[bytes, bytes]) -> None:
    """Half a key, its hash, a key in another place: all are as good as none."""
    with pytest.raises(NotAdmitted):
        ACCESS.check("/predict", [header])


def test_one_good_key_among_others_is_enough() -> None:
    """A browser sends its own beside the one that a page adds."""
    assert lets_in("/predict", bearer(OPERATOR), (b"x-api-key", SCORER.encode()))
    with pytest.raises(NotAllowed, match="not for scoring"):
        ACCESS.check("/predict", [bearer(OPERATOR)])


def test_every_known_path_has_its_scopes() -> None:
    """The lists of this test are complete: whoever adds one thinks of it here."""
    assert all(not scopes_of(path) for path in OPEN)


# -- through the application -----------------------------------------------------------------------


@pytest.fixture
def app(tmp_path: Path) -> Front:
    """The application with both keys, and version 1 in the slot."""
    (tmp_path / "keys").write_text(f"{SCORER_KEY.line}\n{OPERATOR_KEY.line}\n")
    app, _ = make_app(tmp_path, make_live_version(), keys=KeyFile(tmp_path / "keys"))
    return app


def get(app: Front, path: str, secret: str = "") -> Response:
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return call(app, Request("GET", path, headers=headers))


def test_scoring_needs_a_key(app: Front) -> None:
    """Without one 401 and how to show it, with one for something else 403, else an answer."""
    answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:baton:problem:not-admitted"
    assert "realm" in answer.headers["www-authenticate"]
    assert call(app, post("/predict", GOOD_BODY, x_api_key=OPERATOR)).status == 403
    assert call(app, post("/predict", GOOD_BODY, x_api_key=SCORER)).status == 200
    assert call(app, post("/v2/models/churn_model/infer", b"{}")).json()["error"]


def test_a_refused_body_is_not_even_read(app: Front) -> None:
    """What comes without a key costs neither memory nor work."""
    answer = call(app, Request("POST", "/predict", (b"x" * 99,), is_cut=True))
    assert answer.status == 401


def test_refusals_are_counted(app: Front) -> None:
    """Somebody who tries keys is seen in the metrics."""
    call(app, post("/predict", GOOD_BODY, x_api_key="guess"))
    text = get(app, "/metrics", OPERATOR).body.decode()
    assert 'code="401"' in text


def test_operations_need_their_own_key(app: Front) -> None:
    """Status, metrics and the page are for operations, unknown paths too; health is for all."""
    for path in ("/", "/status", "/metrics", "/console/data", "/none"):
        assert get(app, path).status == 401
        assert get(app, path, SCORER).status == 403
        assert get(app, path, OPERATOR).status in (200, 404)
    for path in ("/livez", "/readyz", "/ping", "/health", "/v2/health/ready"):
        assert get(app, path).status == 200


def test_both_challenges_are_lines_of_their_own() -> None:
    """A browser that finds `Basic` behind another scheme does not ask for a password."""
    challenges = dict.fromkeys(problem_of(NotAdmitted("no"), "id").headers)
    assert [value.split()[0] for _, value in challenges] == [b"Bearer", b"Basic"]


def test_the_document_declares_the_keys(app: Front) -> None:
    """Who reads it knows where a key is needed, and what is answered without one."""
    document = get(app, "/openapi.json", SCORER).json()
    assert set(document["components"]["securitySchemes"]) == {"bearer", "header", "basic"}
    for path, operations in document["paths"].items():
        for operation in operations.values():
            is_open = path in OPEN
            assert ("security" in operation) is not is_open, path
            assert is_open or {"401", "403"} <= operation["responses"].keys()


def test_without_a_file_of_keys_nobody_is_asked(tmp_path: Path) -> None:
    """And the document says nothing of keys."""
    app, _ = make_app(tmp_path, make_live_version())
    assert call(app, post("/predict", GOOD_BODY)).status == 200
    document = get(app, "/openapi.json").json()
    assert "securitySchemes" not in document["components"]
    assert "401" not in document["paths"]["/predict"]["post"]["responses"]
