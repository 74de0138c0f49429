"""`POST /feedback`."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from structlog.testing import capture_logs

from baton_common.api_keys import Scope, generate_key
from baton_inference.feedback import receiver as receiver_module
from baton_inference.feedback.label_check import LabelCheck
from baton_inference.scoring.workers import Pools
from baton_inference.web.access.key_file import KeyFile
from baton_inference.web.front import Front
from baton_inference.web.routes.feedback import MAX_BODY_BYTES
from baton_registry.versions.output_schema import OutputSchema
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, call_async, get, post
from tests.support.fakes.live_version import make_live_version

PATH = "/feedback"
GOOD = {"request_id": "a-1", "label": "yes"}
SENDER, SENDER_KEY = generate_key("billing", [Scope.FEEDBACK])
SCORER, SCORER_KEY = generate_key("scorer", [Scope.SCORING])


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The folder of the prediction log, which does not exist yet."""
    return tmp_path / "predictions"


@pytest.fixture
def app(tmp_path: Path, log: Path) -> Front:
    """An application with a prediction log; version 1 answers `no` or `yes`."""
    return make_app(tmp_path / "cache", make_live_version(), BATON_PREDICTIONS_DIR=str(log))[0]


def encode(*entries: Any) -> bytes:
    return json.dumps({"feedback": entries}).encode()


def send(app: Front, *entries: Any, **headers: str) -> Response:
    with capture_logs():
        return call(app, post(PATH, encode(*entries), **headers))


def read_labels(log: Path) -> list[dict[str, Any]]:
    files = sorted((log / "labels").rglob("*.parquet"))
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def read_outcomes(app: Front, **headers: str) -> dict[str, float]:
    """Reads the counts of labels by outcome."""
    lines = call(app, Request("GET", "/metrics", headers=headers)).body.decode().splitlines()
    rows = [line.split("{result=")[1] for line in lines if line.startswith("baton_labels_total")]
    return {row.split('"')[1]: float(row.split()[-1]) for row in rows}


def test_without_a_prediction_log_there_is_no_route(tmp_path: Path) -> None:
    """It is answered as any unknown path is, and is neither documented nor counted."""
    app, _ = make_app(tmp_path / "cache", make_live_version())
    answer, other = send(app, GOOD), call(app, post("/none", b"{}"))
    assert (answer.status, answer.json()["title"]) == (404, other.json()["title"])
    assert answer.headers["content-type"] == "application/problem+json"
    assert PATH not in get(app, "/openapi.json").json()["paths"]
    assert b"baton_labels" not in get(app, "/metrics").body


def test_accepted_labels_are_on_disk(app: Front, log: Path) -> None:
    """202 and the number of labels, which are in a closed file."""
    at = "2026-11-29T10:00:00Z"
    answer = send(app, GOOD, {**GOOD, "row": 2, "label": "no", "at": at})
    assert (answer.status, answer.json()) == (202, {"accepted": 2})
    assert answer.headers["x-request-id"]
    one, two = read_labels(log)
    assert (one["request_id"], one["row"], one["label"], one["at"]) == ("a-1", 0, "yes", None)
    assert (two["row"], two["label"], two["at"].isoformat()) == (
        2,
        "no",
        "2026-11-29T10:00:00+00:00",
    )
    assert {one["source"], two["source"]} == {"api"}
    assert one["api_key"] is None
    assert read_outcomes(app)["accepted"] == 2


def test_large_and_compressed_bodies(app: Front, log: Path) -> None:
    """A thread checks large bodies."""
    body = encode(*({**GOOD, "row": row} for row in range(1000)))
    with capture_logs():
        answer = call(app, post(PATH, gzip.compress(body), content_encoding="gzip"))
    assert answer.json() == {"accepted": 1000}
    assert len(read_labels(log)) == 1000


@pytest.mark.parametrize(
    ("body", "status", "slug", "outcomes"),
    [
        (b"{", 400, "malformed-body", {}),
        (b'{"feedback": 1}', 400, "malformed-body", {}),
        (encode(), 422, "invalid-labels", {}),
        (encode(GOOD, {**GOOD, "label": "maybe"}), 422, "invalid-labels", {"invalid": 2}),
        (encode(*[GOOD] * 1001), 413, "too-many-labels", {"too_many": 1001}),
        (b" " * (MAX_BODY_BYTES + 1), 413, "body-too-large", {}),
    ],
)
def test_problems(  # noqa: PLR0913, PLR0917 - of pytest
    app: Front, log: Path, body: bytes, status: int, slug: str, outcomes: dict[str, int]
) -> None:
    """A refused request stores nothing, is counted, and is a line in the log."""
    with capture_logs() as lines:
        answer = call(app, post(PATH, body))
    assert (answer.status, answer.json()["type"]) == (status, f"urn:baton:problem:{slug}")
    assert [(line["protocol"], line["status"]) for line in lines] == [("feedback", status)]
    assert not log.exists()
    assert {k: v for k, v in read_outcomes(app).items() if v} == outcomes


def test_class_that_the_version_has_not(app: Front) -> None:
    """The problem names the entry and the allowed classes."""
    detail = send(app, GOOD, {**GOOD, "label": "maybe"}).json()["detail"]
    assert detail == "feedback[1].label must be 'no' or 'yes'"


@pytest.mark.parametrize("headers", [{"content_type": "text/plain"}, {"content_encoding": "br"}])
def test_other_media_are_refused(app: Front, headers: dict[str, str]) -> None:
    """Only JSON, plain or gzip."""
    assert send(app, GOOD, **headers).status == 415


def test_other_methods_are_refused(app: Front) -> None:
    """The path takes only POST."""
    assert get(app, PATH).status == 405


def test_without_a_version_labels_cannot_be_checked(tmp_path: Path, log: Path) -> None:
    """503 with Retry-After, as for scoring."""
    answer = send(make_app(tmp_path / "cache", BATON_PREDICTIONS_DIR=str(log))[0], GOOD)
    assert answer.status == 503
    assert answer.headers["retry-after"]


def test_disk_that_refuses(app: Front, log: Path) -> None:
    """507, without the path, and counted. Scoring does not notice."""
    log.write_text("a file, not a folder")
    answer = send(app, GOOD)
    assert (answer.status, answer.json()["type"]) == (507, "urn:baton:problem:not-stored")
    assert str(log) not in answer.body.decode()
    assert read_outcomes(app)["not_stored"] == 1


def test_waiting_labels_are_bounded(tmp_path: Path, log: Path) -> None:
    """While the disk is blocked, requests beyond the bound get 503 at once, the others 202."""
    app, _ = make_app(tmp_path / "cache", make_live_version(), BATON_PREDICTIONS_DIR=str(log))
    body = encode(*({**GOOD, "row": row} for row in range(1000)))

    async def run() -> list[Response]:
        requests = [post(PATH, body) for _ in range(40)]
        return [*await asyncio.gather(*(call_async(app, each) for each in requests))]

    with capture_logs():
        statuses = [answer.status for answer in asyncio.run(run())]
    assert set(statuses) <= {202, 503}
    assert len(read_labels(log)) == 1000 * statuses.count(202) > 0


def test_client_that_disconnects_stores_nothing(app: Front, log: Path) -> None:
    """An incomplete body is not read."""
    call(app, Request("POST", PATH, (encode(GOOD),), {"content-type": "x"}, is_cut=True))
    call(app, Request("POST", PATH, (encode(GOOD),), is_cut=True))
    assert not log.exists()


@pytest.fixture
def closed_app(tmp_path: Path, log: Path) -> Front:
    """An application with API keys."""
    (tmp_path / "keys").write_text(f"{SENDER_KEY.line}\n{SCORER_KEY.line}\n")
    keys = KeyFile(tmp_path / "keys")
    return make_app(
        tmp_path / "cache", make_live_version(), keys=keys, BATON_PREDICTIONS_DIR=str(log)
    )[0]


def test_key_needs_the_scope(closed_app: Front, log: Path) -> None:
    """A key for scoring sends no labels, and a key for labels does not score."""
    assert send(closed_app, GOOD).status == 401
    assert send(closed_app, GOOD, x_api_key=SCORER).status == 403
    assert call(closed_app, post("/predict", b"{}", x_api_key=SENDER)).status == 403
    assert not log.exists()
    assert send(closed_app, GOOD, x_api_key=SENDER).status == 202
    assert [label["api_key"] for label in read_labels(log)] == ["billing"]


def test_key_and_its_name_are_not_shown(closed_app: Front, log: Path) -> None:
    """Of two keys the one with the scope is kept by its name."""
    headers = {"authorization": f"Bearer {SCORER}", "x_api_key": SENDER}
    assert send(closed_app, GOOD, **headers).status == 202
    [label] = read_labels(log)
    assert label["api_key"] == "billing"
    assert SENDER.encode() not in b"".join(file.read_bytes() for file in log.rglob("*.parquet"))


def test_every_status_is_declared(app: Front, closed_app: Front) -> None:
    """The document has all statuses of the route."""
    operation = get(app, "/openapi.json").json()["paths"][PATH]["post"]
    assert set(operation["responses"]) == {"202", "400", "413", "415", "422", "503", "507"}
    headers = {"x-api-key": SENDER}
    document = call(closed_app, Request("GET", "/openapi.json", headers=headers)).json()
    assert {"401", "403"} <= set(document["paths"][PATH]["post"]["responses"])


def test_pools_wait_for_labels() -> None:
    """The process does not exit while a thread writes labels."""
    pools = Pools()
    with pools.labels.reserve():
        assert (pools.is_busy, pools.pending) == (True, 0)
    assert not pools.is_busy


def test_the_classes_of_a_version_are_prepared_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not for each label: with thousands of classes that would stop the event loop."""
    prepared = list[str]()

    class CountedCheck(LabelCheck):
        def __init__(self, outputs: OutputSchema) -> None:
            prepared.append(str(outputs.classes[0]))
            super().__init__(outputs)

    monkeypatch.setattr(receiver_module, "LabelCheck", CountedCheck)
    log = tmp_path / "predictions"
    app, core = make_app(tmp_path / "cache", make_live_version(), BATON_PREDICTIONS_DIR=str(log))
    for version in ("1", "2"):
        core.live.swap(make_live_version(version=version))
        for _ in range(3):
            assert send(app, GOOD, {**GOOD, "label": "maybe"}).status == 422
    assert prepared == ["no", "no"]
