"""`POST /predict` from request to answer: the error table of the contract, and one version each."""

import asyncio
import gzip
import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from baton_inference.app import create_app
from baton_inference.core import create_core
from baton_inference.protocols.arrow.columnar import ArrowTable
from baton_inference.protocols.catalog import compile_codecs
from baton_inference.protocols.media import ARROW, PARQUET
from baton_inference.protocols.protocol import CodecParts
from baton_inference.scoring.workers import Pools, Workers
from baton_inference.web.body import SMALL_BYTES
from tests.support.bodies.columnar import GOOD, WRITERS, read_answer
from tests.support.fakes.application import make_app, make_settings
from tests.support.fakes.asgi_client import Request, Response, call, call_async, post
from tests.support.fakes.live_version import InProcessReader, make_live_version
from tests.support.fakes.memory_registry import FakeRegistry
from tests.support.fakes.models import GOOD_BODY, INSTANCE, ErrorModel, SlowModel, SumModel


def predict(tmp_path: Path, *pieces: bytes, **headers: str) -> Response:
    """What a service with a model and low limits answers."""
    limits: dict[str, Any] = {"BATON_MAX_BODY_BYTES": 2048, "BATON_MAX_ROWS": 10}
    app, _ = make_app(tmp_path, make_live_version(max_rows=10), **limits)
    return call(app, post("/predict", *pieces, **headers))


def body_of(*instances: Any) -> bytes:
    """A body with these instances."""
    return json.dumps({"instances": instances}).encode()


def test_answers_in_the_order_of_the_instances(tmp_path: Path) -> None:
    """A good request is answered with the version that computed it, in body and headers."""
    answer = predict(tmp_path, body_of(INSTANCE, INSTANCE))
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
        (body_of(1), {}, 400),
        (b'{"instances":[],"more":1}', {}, 400),
        (body_of(), {}, 422),
        (body_of({"x": 1}), {}, 422),
        (body_of({"x": 1, "n": 1, "odd": 1}), {}, 422),
        (body_of({"x": "1", "n": 1}), {}, 422),
        (body_of({"x": None, "n": 1}), {}, 422),
        (b'{"instances":[{"x":1e999,"n":1}]}', {}, 422),
        (b'{"instances":[{"x":1,"n":9223372036854775808}]}', {}, 422),
        (body_of(*[INSTANCE] * 11), {}, 413),
        (body_of(*[{}] * 11), {}, 413),
        (b" " * 2049, {}, 413),
        (GOOD_BODY, {"content_length": "2049"}, 413),
        (GOOD_BODY, {"content_type": "text/plain"}, 415),
        (GOOD_BODY, {"content_encoding": "br"}, 415),
        (GOOD_BODY, {"content_encoding": "gzip"}, 400),
        (gzip.compress(b" " * 2049, mtime=0), {"content_encoding": "gzip"}, 413),
    ],
)
def test_error_table(tmp_path: Path, body: bytes, headers: dict[str, str], status: int) -> None:
    """Every refusal is a problem with the status that the contract's table gives it."""
    answer = predict(tmp_path, body, **headers)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail"} <= set(problem)
    assert "x-model-version" not in answer.headers


def test_bad_cells_are_listed(tmp_path: Path) -> None:
    """Bad rows are told cell by cell, and values of other rows are not repeated."""
    answer = predict(tmp_path, body_of({**INSTANCE, "note": "SECRET"}, {"x": "a", "n": 1}))
    assert answer.json()["errors"] == [
        {"row": 1, "column": "x", "message": "must be a number, not text"}
    ]
    assert b"SECRET" not in answer.body


def test_missing_content_type(tmp_path: Path) -> None:
    """No content type at all is refused, and told as none."""
    app, _ = make_app(tmp_path, make_live_version())
    answer = call(app, Request("POST", "/predict", (GOOD_BODY,)))
    assert answer.status == 415
    assert answer.headers["accept-encoding"] == "gzip, identity"
    assert "is missing" in answer.json()["detail"]


def test_a_burst_of_arrow_bodies_does_not_hold_up_rows(tmp_path: Path) -> None:
    """While the one reader is busy with many Arrow bodies, a large JSON body is answered."""
    gate = threading.Event()
    version = make_live_version()

    class Busy(InProcessReader):
        def read(self, *args: Any) -> ArrowTable:
            gate.wait()
            return super().read(*args)

    parts = CodecParts(version.model, version.schema, version.engine.classes, Busy(), 10_000)
    app, _ = make_app(tmp_path, replace(version, codecs=compile_codecs(parts)))
    arrow = post("/invocations", WRITERS[ARROW](GOOD), content_type=ARROW.decode())
    large = json.dumps({"instances": [INSTANCE] * (2 * SMALL_BYTES // len(GOOD_BODY))}).encode()
    assert len(large) > SMALL_BYTES

    async def use() -> tuple[Response, list[Response]]:
        burst = [asyncio.ensure_future(call_async(app, arrow)) for _ in range(20)]
        await asyncio.sleep(0)
        answer = await call_async(app, post("/predict", large))
        gate.set()
        return answer, await asyncio.gather(*burst)

    answer, burst = asyncio.run(use())
    assert answer.status == 200
    assert {each.status for each in burst} == {200}


@pytest.mark.parametrize("media_type", [ARROW, PARQUET])
def test_arrow_and_parquet_never_hold_up_the_event_loop(tmp_path: Path, media_type: bytes) -> None:
    """However small, such a body is read in a thread: another process does it."""
    version = make_live_version()
    threads = []

    class Reader(InProcessReader):
        def read(self, *args: Any) -> ArrowTable:
            threads.append(threading.current_thread())
            return super().read(*args)

    parts = CodecParts(version.model, version.schema, version.engine.classes, Reader(), 10)
    codecs = compile_codecs(parts)
    app, _ = make_app(tmp_path, replace(version, codecs=codecs))
    headers = {"content_type": media_type.decode(), "accept": media_type.decode()}
    answer = call(app, post("/invocations", WRITERS[media_type](GOOD), **headers))
    assert (answer.status, answer.headers["x-model-version"]) == (200, "1")
    assert answer.headers["content-type"] == media_type.decode()
    assert read_answer(answer.body, media_type).to_pydict() == {"predictions": ["no", "no"]}
    assert threads
    assert threading.main_thread() not in threads


def test_gzip_is_understood(tmp_path: Path) -> None:
    """A gzip body is inflated, in whatever pieces it comes."""
    packed = gzip.compress(GOOD_BODY)
    pieces = [packed[number : number + 7] for number in range(0, len(packed), 7)]
    assert predict(tmp_path, *pieces, content_encoding="gzip").status == 200


def test_no_model_yet(tmp_path: Path) -> None:
    """An empty slot answers 503, with a time to come back."""
    app, _ = make_app(tmp_path)
    answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 503
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("inline_rows", [0, 64])
def test_a_failure_inside_the_model(tmp_path: Path, inline_rows: int) -> None:
    """It is a 500 with an id to look for; the log has where it was, and nobody has the values."""
    app, _ = make_app(tmp_path, make_live_version(ErrorModel(), inline_rows=inline_rows))
    with capture_logs() as logs:
        body = body_of({**INSTANCE, "note": "SECRET"})
        answer = call(app, post("/predict", body, x_request_id="look-for-me"))
    assert answer.status == 500
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "look-for-me"
    (entry,) = logs
    assert entry["request_id"] == "look-for-me"
    assert "in score" in entry["stack"]
    assert "SECRET" not in f"{logs}{answer.body!r}"
    assert b"Traceback" not in answer.body


def test_a_fault_of_ours(tmp_path: Path) -> None:
    """An unexpected exception is a 500 like any other, and is logged."""
    odd = make_live_version()
    object.__setattr__(odd, "codecs", {})
    app, _ = make_app(tmp_path, odd)
    with capture_logs() as logs:
        answer = call(app, post("/predict", GOOD_BODY))
    assert answer.status == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "KeyError" in logs[0]["stack"]


def test_a_client_that_goes_away_is_not_answered(tmp_path: Path) -> None:
    """A disconnect in the middle of a body sends nothing, and is counted and logged as one."""
    app, core = make_app(tmp_path, make_live_version())
    with capture_logs() as logs:
        request = post("/predict", b'{"inst')
        request.is_cut = True
        answer = call(app, request)
    assert answer.status == 0
    assert [(entry["event"], entry["status"]) for entry in logs] == [("client went away", 499)]
    assert core.metrics.requests["predict", 499, "1"] == 1


def test_a_request_that_goes_well_is_not_logged(tmp_path: Path) -> None:
    """At thousands a second a line for each would cost more than the answers."""
    app, _ = make_app(tmp_path, make_live_version())
    with capture_logs() as logs:
        assert call(app, post("/predict", GOOD_BODY)).status == 200
    assert logs == []


def test_a_refused_request_is_one_line_without_its_values(tmp_path: Path) -> None:
    """The line has the id, the version, the status, the kind of problem and the time it took."""
    app, _ = make_app(tmp_path, make_live_version(version="7"))
    with capture_logs() as logs:
        body = body_of({**INSTANCE, "n": "SECRET\nlevel=info"})
        assert call(app, post("/predict", body, x_request_id="look-for-me")).status == 422
    [entry] = logs
    assert entry.pop("duration_ms") > 0
    assert entry == {
        "event": "request refused",
        "log_level": "info",
        "request_id": "look-for-me",
        "protocol": "predict",
        "status": 422,
        "version": "7",
        "problem": "invalid-rows",
    }


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("inline_rows", [0, 64])
def test_where_rows_are_scored(tmp_path: Path, *, is_large: bool, inline_rows: int) -> None:
    """Few rows of a quick model are scored at once; all else in a thread, with the same answer."""
    threads: list[int] = []
    engine = SlowModel(lambda: threads.append(threading.get_ident()))
    app, _ = make_app(tmp_path, make_live_version(engine, inline_rows=inline_rows))
    body = GOOD_BODY + b" " * (SMALL_BYTES if is_large else 0)
    assert call(app, post("/predict", body)).status == 200
    is_inline = inline_rows > 0 and not is_large
    assert (threads == [threading.get_ident()]) == is_inline


def test_is_answered_wholly_by_the_version_it_began_with(tmp_path: Path) -> None:
    """A swap in the middle of a request does not change who answers it."""
    app, core = make_app(tmp_path)

    def swap() -> None:
        core.live.swap(make_live_version(SumModel(0.75), version="2"))

    core.live.swap(make_live_version(SlowModel(swap), version="1"))
    first, second = (call(app, post("/predict", GOOD_BODY)) for _ in range(2))
    assert (first.headers["x-model-version"], first.json()["model_version"]) == ("1", "1")
    assert first.json()["predictions"][0]["probabilities"]["yes"] == 0.25
    assert second.headers["x-model-version"] == "2"
    assert second.json()["predictions"][0]["probabilities"]["yes"] == 0.75


def test_sheds_when_too_much_is_queued(tmp_path: Path) -> None:
    """Beyond the bound requests are refused at once; every accepted one is answered."""
    gate = threading.Event()
    core = create_core(make_settings(tmp_path), registry=FakeRegistry())
    core.live.swap(make_live_version(SlowModel(gate.wait), inline_rows=0))
    app = create_app(make_settings(tmp_path), core, Pools(Workers(threads=1, max_pending=3)))

    async def use() -> tuple[list[Response], list[Response]]:
        accepted = [
            asyncio.ensure_future(call_async(app, post("/predict", GOOD_BODY))) for _ in "123"
        ]
        await asyncio.sleep(0)
        shed = [await call_async(app, post("/predict", GOOD_BODY)) for _ in "12"]
        gate.set()
        return await asyncio.gather(*accepted), shed

    accepted, shed = asyncio.run(use())
    assert [answer.status for answer in accepted] == [200] * 3
    assert [answer.status for answer in shed] == [503] * 2
    assert {answer.headers["retry-after"] for answer in shed} == {"1"}
