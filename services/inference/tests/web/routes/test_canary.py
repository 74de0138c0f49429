"""A canary answers its share of the requests, and production whatever the canary does not."""

import asyncio
import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
from structlog.testing import capture_logs

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array
from baton_inference.core import Core
from baton_inference.lifecycle.live_versions import CANARY, CanaryRoute, LiveVersion
from baton_inference.lifecycle.pace import Pace
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip import Trip
from baton_inference.scoring.observer import (
    MAX_BODY_BYTES,
    MAX_ROW_BYTES,
    PairNote,
    RowSource,
    SmallBody,
)
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.scoring.workers import MAX_PENDING, Workers
from baton_inference.telemetry.request_log import MAX_LINES_PER_SECOND, RequestLog
from baton_inference.web.answers.answer import Message, Receive, Scope, Send
from baton_inference.web.front import Front
from baton_registry.versions.schema import Column, Schema
from baton_rollout.routing import choose_bucket
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import Request, Response, call, call_async, get, post
from tests.support.fakes.bad_models import BAD, GOOD, Harm, build_bad_model
from tests.support.fakes.bad_models import SCHEMA as ONE
from tests.support.fakes.engine_models import build_linear
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY, INSTANCE, ErrorModel, SumModel

pytestmark = pytest.mark.usefixtures("each_way")
"""Both ways of answering must be the same."""

V2 = "/v2/models/churn_model"
TENSORS = json.dumps(
    {
        "inputs": [
            {"name": "x", "shape": [1], "datatype": "FP64", "data": [1]},
            {"name": "n", "shape": [1], "datatype": "INT64", "data": [1]},
        ]
    }
).encode()


class LoopChecked(SumModel):
    """Fails if the event loop calls it."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().score(columns)
        raise AssertionError("the event loop calls the canary")


def make_both(
    tmp_path: Path,
    canary: LiveVersion | None = None,
    *,
    weight: float = 100,
    production: LiveVersion | None = None,
    **values: Any,
) -> tuple[Front, Core]:
    """Makes a service with version 1 in production and version 2 as its canary."""
    production = production or make_live_version(SumModel(0.25), pace=Pace(call_s=3.0))
    app, core = make_app(tmp_path, production, **values)
    canary = canary or make_live_version(LoopChecked(0.75), version="2")
    core.live.swap(canary, CANARY)
    route = (
        CanaryRoute(canary, production.identity, "canary", weight, CanarySwitch())
        if weight
        else None
    )
    core.live.share(route)
    return app, core


def describe(answer: Response) -> tuple[int, str | None, str | None]:
    """Returns the status, and the version and alias that the headers name."""
    headers = answer.headers
    return answer.status, headers.get("x-model-version"), headers.get("x-model-alias")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/predict", GOOD_BODY),
        ("/invocations", json.dumps({"inputs": INSTANCE}).encode()),
        (f"{V2}/infer", TENSORS),
    ],
)
def test_the_canary_answers_its_share_of_every_protocol(
    tmp_path: Path, path: str, body: bytes
) -> None:
    """Header and body name it, and so do the metrics."""
    app, core = make_both(tmp_path)
    answer = call(app, post(path, body))
    assert describe(answer) == (200, "2", "canary")
    assert answer.json().get("model_version", "2") == "2"
    assert sum(count for (*_, version), count in core.metrics.requests.items() if version == "2")
    assert core.metrics.rows == {"2": 1}
    assert core.metrics.canary_answers == {"2": 1}
    assert core.metrics.fallbacks == {}


@pytest.mark.parametrize("path", ["/predict", "/nowhere"])
def test_without_a_share_production_answers(tmp_path: Path, path: str) -> None:
    """A shadow answers no caller."""
    app, _ = make_both(tmp_path, weight=0)
    answer = call(app, post(path, GOOD_BODY))
    assert describe(answer) == (
        (200, "1", "production") if path == "/predict" else (404, None, None)
    )


def test_routing_is_by_the_key_and_grows_with_the_weight(tmp_path: Path) -> None:
    """The same key meets the same version, and a key once in stays in."""
    keys = [f"customer {number}" for number in range(100)]
    buckets = {key: choose_bucket("churn_model", "2", key.encode()) for key in keys}
    for weight in (10, 50):
        app, _ = make_both(tmp_path / str(weight), weight=weight)
        for key in keys:
            expected = "2" if buckets[key] < 100 * weight else "1"
            request = post("/predict", GOOD_BODY, x_routing_key=key)
            assert call(app, request).headers["x-model-version"] == expected, key


@pytest.mark.parametrize("bad_key", ["", "k" * 257])
def test_without_a_good_key_the_request_id_decides(tmp_path: Path, bad_key: str) -> None:
    """A bad key is no error."""
    app, _ = make_both(tmp_path, weight=50)
    for number in range(40):
        name = f"id-{number}"
        expected = "2" if choose_bucket("churn_model", "2", name.encode()) < 5000 else "1"
        request = post("/predict", GOOD_BODY, x_request_id=name, x_routing_key=bad_key)
        assert call(app, request).headers["x-model-version"] == expected


def build_rows(*x: float) -> bytes:
    return json.dumps({"instances": [{"x": value} for value in x]}).encode()


@pytest.mark.parametrize("rows", [1, 30, 3000])
@pytest.mark.parametrize("harm", ["fails", "nan", "allocates", "loops"])
def test_a_bad_canary_fails_no_request(tmp_path: Path, harm: Harm, rows: int) -> None:
    """Production answers the whole request, with small bodies and with large ones."""
    canary = make_live_version(OnnxEngine(build_bad_model(harm), ONE), version="2", schema=ONE)
    good_model = OnnxEngine(build_linear([("x", TensorProto.FLOAT)]), ONE)
    pace = Pace(call_s=0.03 if harm == "loops" else 3.0)  # a tenth of the deadline
    production = make_live_version(good_model, schema=ONE, pace=pace)
    app, core = make_both(tmp_path, canary, production=production)
    answer = call(app, post("/predict", build_rows(*[GOOD] * rows)))
    assert describe(answer) == (200, "2", "canary")
    answer = call(app, post("/predict", build_rows(*[GOOD] * (rows - 1), BAD)))
    assert describe(answer) == (200, "1", "production")
    assert answer.json()["model_version"] == "1"
    assert len(answer.json()["predictions"]) == rows
    assert core.metrics.fallbacks == core.metrics.canary_answers == {"2": 1}


def test_rows_that_the_canary_alone_rejects_are_answered_by_production(tmp_path: Path) -> None:
    """Each version has its own codec."""
    strict = Schema((Column("x", "double"), Column("n", "long")), classes=("no", "yes"))
    canary = make_live_version(LoopChecked(0.75), version="2", schema=strict)
    app, core = make_both(tmp_path, canary)
    assert describe(call(app, post("/predict", GOOD_BODY))) == (200, "1", "production")
    assert core.metrics.fallbacks == {"2": 1}


def test_rows_that_both_reject_are_no_fallback(tmp_path: Path) -> None:
    """The caller gets production's problem, and a bad caller does not look like a bad canary."""
    app, core = make_both(tmp_path)
    for body, status in ((b"{", 400), (b'{"instances":[{"x":"a","n":1}]}', 422)):
        answer = call(app, post("/predict", body))
        assert describe(answer) == (status, None, None)
    assert core.metrics.fallbacks == {}
    assert core.metrics.requests["predict", 422, "1"] == 1


def test_an_answer_that_cannot_be_encoded_is_a_fallback(tmp_path: Path) -> None:
    """Whatever is wrong with the canary, production answers."""

    class OddModel(SumModel):
        def score(self, columns: Mapping[str, Array]) -> Scores:
            return {"label": np.array(["no"] * len(columns["x"]))}

    app, core = make_both(tmp_path, make_live_version(OddModel(), version="2"))
    assert describe(call(app, post("/predict", GOOD_BODY))) == (200, "1", "production")
    assert core.metrics.fallbacks == {"2": 1}


def test_a_fallback_is_logged_without_values(tmp_path: Path) -> None:
    """The line names the request, the version and the origin."""
    app, _ = make_both(tmp_path, make_live_version(ErrorModel(), version="2"))
    with capture_logs() as logs:
        call(app, post("/predict", GOOD_BODY, x_request_id="id-1", x_routing_key="customer 7"))
    (line,) = logs
    assert (line["event"], line["request_id"], line["version"]) == ("canary replaced", "id-1", "2")
    assert "score" in line["stack"]
    assert not {"could not convert", "customer 7"} & {str(value) for value in line.values()}


def test_large_bodies_reach_the_canary(tmp_path: Path) -> None:
    """A thread decodes them, compressed or not."""
    app, core = make_both(tmp_path)
    body = json.dumps({"instances": [INSTANCE] * 2000}).encode()
    packed = gzip.compress(body, mtime=0)
    for request in (post("/predict", body), post("/predict", packed, content_encoding="gzip")):
        assert describe(call(app, request)) == (200, "2", "canary")
    assert core.metrics.rows == {"2": 4000}


@pytest.mark.parametrize("weight", [0, 100])
def test_either_version_is_reached_by_its_number(tmp_path: Path, weight: float) -> None:
    """At any weight: that is how a shadow is tested by hand. No alias chose the version."""
    app, _ = make_both(tmp_path, weight=weight)
    for version in ("1", "2"):
        path = f"{V2}/versions/{version}"
        answer = call(app, post(f"{path}/infer", TENSORS))
        assert describe(answer) == (200, version, None)
        assert answer.json()["model_version"] == version
        assert get(app, path).json()["versions"] == [version]
        assert get(app, f"{path}/ready").status == 200
    assert call(app, post(f"{V2}/versions/3/infer", TENSORS)).status == 404
    detail = get(app, f"{V2}/versions/3").json()["detail"]
    assert "'1' and '2'" in detail


def test_what_is_not_scored_is_about_production(tmp_path: Path) -> None:
    app, _ = make_both(tmp_path)
    assert get(app, V2).json()["versions"] == ["1"]
    assert get(app, "/ping").status == 200
    assert get(app, "/status").json()["serving"] is None  # nothing polled


def test_a_request_by_number_is_answered_by_no_other_version(tmp_path: Path) -> None:
    """The caller sees how the canary fails."""
    app, core = make_both(tmp_path, make_live_version(ErrorModel(), version="2"))
    answer = call(app, post(f"{V2}/versions/2/infer", TENSORS))
    assert answer.status == 500
    assert "version 2 failed" in answer.json()["detail"]
    assert core.metrics.fallbacks == {}
    assert core.metrics.requests["v2", 500, "2"] == 1


class Notes:
    """An observer that keeps what it sees."""

    def __init__(self, *, needs_bodies: bool = False, room: int = 100) -> None:
        self.needs_bodies = needs_bodies
        self.room = room
        self.seen: list[tuple[str, int, RowSource]] = []
        self.bodies: list[SmallBody | None] = []

    def has_room(self) -> bool:
        return len(self.seen) < self.room

    def observe(
        self,
        request: ScoreRequest,
        result: ScoreResult,
        source: RowSource,
        body: SmallBody | None = None,
        note: PairNote | None = None,
    ) -> None:
        self.bodies.append(body)
        assert request.version is result.version
        assert len(result.scores["label"]) == request.batch.rows
        self.seen.append((result.version.model.version, request.batch.rows, source))


def observe(
    app: Front, requests: Iterable[Request], *, needs_bodies: bool = False, room: int = 100
) -> Notes:
    """Sends requests to an application with an observer."""
    notes = Notes(needs_bodies=needs_bodies, room=room)
    holders: list[Any] = [app.direct, *app._routes.values()]
    for each in holders:
        each._parts = replace(each._parts, observer=notes)
    for request in requests:
        call(app, request)
    return notes


def test_the_observer_sees_what_an_alias_chose(tmp_path: Path) -> None:
    """Not requests by number, and not rejected ones."""
    requests = [
        post("/predict", GOOD_BODY),
        post("/predict", GOOD_BODY, x_routing_key="customer 7"),
        post("/predict", json.dumps({"instances": [INSTANCE] * 2000}).encode()),
        post("/predict", b"{"),
        post(f"{V2}/versions/1/infer", TENSORS),
        post(f"{V2}/versions/2/infer", TENSORS),
    ]
    unknown = RowSource(None, None)
    for weight, version in ((0, "1"), (100, "2")):
        app, _ = make_both(tmp_path / version, weight=weight)
        first, keyed, large = observe(app, requests).seen
        assert first == (version, 1, unknown)
        assert keyed[2].routing_key is not None
        assert large == (version, 2000, unknown)


def test_a_full_observer_sees_nothing_more(tmp_path: Path) -> None:
    app, _ = make_both(tmp_path)
    requests = [post("/predict", GOOD_BODY)] * 3
    assert len(observe(app, requests, room=2).seen) == 2


def test_the_observer_sees_productions_answer_after_a_fallback(tmp_path: Path) -> None:
    app, _ = make_both(tmp_path, make_live_version(ErrorModel(), version="2"))
    assert [each[:2] for each in observe(app, [post("/predict", GOOD_BODY)]).seen] == [("1", 1)]


@pytest.mark.parametrize("weight", [0, 100])
def test_the_observer_gets_small_bodies_if_it_needs_them(tmp_path: Path, weight: int) -> None:
    """Decompressed. The codec of the other version decodes them again."""
    large = json.dumps({"instances": [{**INSTANCE, "note": "a" * MAX_BODY_BYTES}]}).encode()
    requests = [
        post("/predict", gzip.compress(GOOD_BODY), content_encoding="gzip"),
        post("/predict", large),
    ]
    app, core = make_both(tmp_path, weight=weight)
    small, none = observe(app, requests, needs_bodies=True).bodies
    assert small is not None
    assert (small.protocol, small.content, none) == ("predict", GOOD_BODY, None)
    assert core.live.production is not None
    codec = core.live.production.codecs[small.protocol]
    assert codec.decode(small.content, small.media).rows == 1
    assert observe(app, requests).bodies == [None, None]


def test_the_observer_sees_nothing_without_a_canary(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, make_live_version())
    assert observe(app, [post("/predict", GOOD_BODY)]).seen == []


def test_many_requests_at_once_get_the_version_that_they_name(tmp_path: Path) -> None:
    """Both versions answer in turn, and each body matches its headers."""
    app, core = make_both(tmp_path, weight=50)

    async def use() -> list[Response]:
        requests = [post("/predict", GOOD_BODY, x_request_id=f"id-{n}") for n in range(200)]
        return await asyncio.gather(*[call_async(app, each) for each in requests])

    answers = asyncio.run(use())
    share = {"1": 0.25, "2": 0.75}
    for answer in answers:
        version = answer.headers["x-model-version"]
        document = answer.json()
        assert document["model_version"] == version
        assert document["predictions"][0]["probabilities"]["yes"] == share[version]
    assert 60 < core.metrics.canary_answers["2"] < 140


class FillingModel(SumModel):
    """Fails, after other requests have filled the pool."""

    def __init__(self, workers: Workers) -> None:
        super().__init__()
        self.workers = workers

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.workers.pending += MAX_PENDING
        raise EngineError("it fails")


def test_an_accepted_request_is_answered_although_the_pool_has_filled(tmp_path: Path) -> None:
    """It was accepted once: neither the canary's answer nor production's needs a new place."""
    app, core = make_both(tmp_path)
    workers = app._routes["predict"]._parts.pools.rows
    canary = make_live_version(FillingModel(workers), version="2")
    core.live.swap(canary, CANARY)
    production = core.live.production
    assert production is not None
    core.live.share(CanaryRoute(canary, production.identity, "canary", 100, CanarySwitch()))
    body = json.dumps({"instances": [INSTANCE] * 2000}).encode()
    assert describe(call(app, post("/predict", body))) == (200, "1", "production")
    assert workers.pending == MAX_PENDING
    assert call(app, post("/predict", body)).status == 503


def test_requests_with_large_rows_are_not_observed(tmp_path: Path) -> None:
    """They would wait in memory."""
    app, _ = make_both(tmp_path)
    large = json.dumps({"instances": [{**INSTANCE, "note": "a" * MAX_ROW_BYTES}]}).encode()
    requests = [post("/predict", large), post("/predict", GOOD_BODY)]
    assert len(observe(app, requests).seen) == 1


@pytest.mark.parametrize("loss", ["dropped", "no weight", "tripped"])
def test_a_canary_that_loses_its_share_while_the_body_arrives_answers_nothing(
    tmp_path: Path, loss: str
) -> None:
    """It is no fallback, because the canary was not asked; by number it answers."""
    app, core = make_both(tmp_path)

    def lose() -> None:
        route, production = core.live.route, core.live.production
        assert route is not None
        assert production is not None
        if loss == "dropped":
            core.live.drop_canary()
        elif loss == "no weight":
            core.live.share(None)
        else:
            route.switch.trip(Trip(route.version.identity, "it fails"))

    async def lose_before_the_end(scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_late() -> Message:
            message = await receive()
            if not message["more_body"]:
                lose()
            return message

        await app(scope, receive_late, send)

    request = post("/predict", GOOD_BODY[:9], GOOD_BODY[9:])
    assert describe(call(lose_before_the_end, request)) == (200, "1", "production")
    assert core.metrics.fallbacks == core.metrics.canary_answers == {}
    assert describe(call(app, request)) == (200, "1", "production")
    by_number = call(app, post(f"{V2}/versions/2/infer", TENSORS[:9], TENSORS[9:]))
    assert describe(by_number) == ((404, None, None) if loss == "dropped" else (200, "2", None))


@pytest.mark.parametrize("role", ["canary", "production"])
def test_only_stacks_that_are_logged_are_formatted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    """Formatting one costs more than an answer."""
    stacks: list[BaseException] = []
    for module in ("canary_answer", "scoring_record"):
        monkeypatch.setattr(f"baton_inference.web.routes.{module}.format_stack", stacks.append)
    bad = make_live_version(ErrorModel(), version="2" if role == "canary" else "1")
    if role == "canary":
        app, core = make_both(tmp_path, bad)
    else:
        app, core = make_app(tmp_path, bad)
    now_s = 1.0
    stopped = RequestLog(lambda: now_s)
    for each in (app.direct, *app._routes.values()):
        assert each is not None
        each._parts = replace(each._parts, log=stopped)
    for _ in range(MAX_LINES_PER_SECOND + 5):
        call(app, post("/predict", GOOD_BODY))
    assert len(stacks) == MAX_LINES_PER_SECOND
    now_s = 2.0
    call(app, post("/predict", GOOD_BODY))
    assert len(stacks) == MAX_LINES_PER_SECOND + 1
    assert sum(core.metrics.requests.values()) == MAX_LINES_PER_SECOND + 6
