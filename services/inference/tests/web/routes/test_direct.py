"""Requests that are answered without ASGI: which, when, and in how many calls of the model."""

import asyncio
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_engine.tables.transpose import Rows
from baton_inference.web.answers.answer import Answer
from baton_inference.web.body import SMALL_BYTES
from baton_inference.web.front import Front
from baton_inference.web.routes.direct import DirectScoring
from baton_inference.web.transport.exchange import Exchange
from tests.support.fakes.application import make_app
from tests.support.fakes.asgi_client import call_async, post
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import GOOD_BODY, INSTANCE, SumModel

JSON = (b"content-type", b"application/json")
V2 = b"/v2/models/churn_model/infer"


class CountingModel(SumModel):
    """Records the number of rows of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def score_rows(self, rows: Rows) -> Scores:
        self.calls.append(len(rows))
        return super().score_rows(rows)


class Peer:
    """A connection that keeps its answers."""

    def __init__(self) -> None:
        self.statuses: list[int] = []

    def respond(self, exchange: Exchange, answer: Answer, request_id: str) -> None:
        self.statuses.append(answer.status)


def make_exchange(
    target: bytes = b"/predict",
    body: bytes = GOOD_BODY,
    *headers: tuple[bytes, bytes],
    length: int | None = None,
) -> Exchange:
    """Makes a whole request."""
    exchange = Exchange()
    exchange.target, exchange.body = target, body
    size = len(body) if length is None else length
    exchange.headers = [JSON, (b"content-length", b"%d" % size), *headers]
    return exchange


def make_direct(tmp_path: Path, model: SumModel, **values: Any) -> tuple[DirectScoring, Front]:
    app, _ = make_app(tmp_path, make_live_version(model, **values))
    assert app.direct is not None
    return app.direct, app


@pytest.mark.parametrize(
    ("exchange", "is_accepted"),
    [
        (make_exchange(), True),
        (make_exchange(b"/invocations"), True),
        (make_exchange(V2), True),
        (make_exchange(b"/v2/models/m/versions/7/infer"), True),
        (make_exchange(body=b"{"), True),
        (make_exchange(body=b" " * SMALL_BYTES), True),
        (make_exchange(body=b" " * (SMALL_BYTES + 1)), False),
        (make_exchange(length=3), False),
        (make_exchange(b"/predict?"), False),
        (make_exchange(b"/predict?a=1"), False),
        (make_exchange(b"http://host/predict"), False),
        (make_exchange(b"/%70redict"), False),
        (make_exchange(b"/v2/models/\xff/infer"), False),
        (make_exchange(b"/v2/models/" + b"m" * 300 + b"/infer"), False),
        (make_exchange(b"/predict/"), False),
        (make_exchange(b"/livez"), False),
        (make_exchange(b"/predict", GOOD_BODY, (b"content-encoding", b"gzip")), False),
        (make_exchange(b"/predict", GOOD_BODY, (b"accept", b"application/vnd.apache.X")), False),
    ],
)
def test_small_requests_to_known_paths_are_accepted(
    tmp_path: Path, exchange: Exchange, *, is_accepted: bool
) -> None:
    """All others use ASGI."""

    async def use() -> bool:
        direct, _ = make_direct(tmp_path, SumModel())
        return direct.accept(exchange, Peer())

    assert asyncio.run(use()) is is_accepted


def test_requests_of_one_turn_are_one_call(tmp_path: Path) -> None:
    """All are answered at the end of the turn of the event loop."""
    model, peer = CountingModel(), Peer()

    async def use() -> None:
        direct, _ = make_direct(tmp_path, model)
        for _ in range(5):
            direct.accept(make_exchange(), peer)
        assert peer.statuses == []
        await asyncio.sleep(0)
        assert peer.statuses == [200] * 5
        direct.accept(make_exchange(), peer)
        await asyncio.sleep(0)
        assert peer.statuses == [200] * 6

    asyncio.run(use())
    assert model.calls == [5, 1]


def test_direct_and_asgi_requests_share_a_call(tmp_path: Path) -> None:
    """The way of a request does not matter for batching."""
    model, peer = CountingModel(), Peer()

    async def use() -> None:
        direct, app = make_direct(tmp_path, model)
        direct.accept(make_exchange(), peer)
        app.arrivals.note_arrival()  # as the server does before it starts an ASGI request
        answer = await call_async(app, post("/predict", GOOD_BODY))
        await asyncio.sleep(0)
        assert (answer.status, peer.statuses) == (200, [200])

    asyncio.run(use())
    assert model.calls == [2]


def test_bad_request_does_not_delay_the_others(tmp_path: Path) -> None:
    """Its problem is an answer like any other."""
    model, peer = CountingModel(), Peer()

    async def use() -> None:
        direct, _ = make_direct(tmp_path, model)
        for body in (b"{", GOOD_BODY, GOOD_BODY):
            direct.accept(make_exchange(body=body), peer)
        await asyncio.sleep(0)

    asyncio.run(use())
    assert peer.statuses == [400, 200, 200]
    assert model.calls == [2]


def test_many_rows_are_scored_in_a_thread(tmp_path: Path) -> None:
    """More rows than the version's limit never block the event loop."""
    threads: list[threading.Thread] = []

    class ThreadModel(SumModel):
        def score(self, columns: Mapping[str, Array]) -> Scores:
            threads.append(threading.current_thread())
            return super().score(columns)

    peer = Peer()
    body = json.dumps({"instances": [INSTANCE] * 3}).encode()

    async def use() -> None:
        direct, _ = make_direct(tmp_path, ThreadModel(), inline_rows=2)
        direct.accept(make_exchange(body=body), peer)
        await asyncio.sleep(0)
        assert peer.statuses == []
        (pending,) = direct.pending
        await pending
        await asyncio.sleep(0)
        assert peer.statuses == [200]
        assert direct.pending == set()

    asyncio.run(use())
    assert threads != [threading.main_thread()]


def test_cancelled_request_gets_a_problem(tmp_path: Path) -> None:
    """At shutdown, the server cancels what takes too long."""
    gate, peer = threading.Event(), Peer()

    class StuckModel(SumModel):
        def score(self, columns: Mapping[str, Array]) -> Scores:
            gate.wait()
            return super().score(columns)

    async def use() -> None:
        direct, _ = make_direct(tmp_path, StuckModel(), inline_rows=0)
        direct.accept(make_exchange(), peer)
        await asyncio.sleep(0)
        for each in [*direct.pending]:
            each.cancel()
        await asyncio.sleep(0.01)
        gate.set()

    asyncio.run(use())
    assert peer.statuses == [503]
