"""The batcher: waiting requests share a call, and each gets its own scores."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import numpy as np

from baton_engine.engine import Scores
from baton_engine.tables.columns import Array
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.batch import RowBatch
from baton_inference.scoring.batcher import MAX_WAITING_CALLS, Batcher
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SumModel

ROW = RowBatch(1, [(0.5, 1, "a")])


async def get_second_probabilities(
    result: ScoreResult | asyncio.Future[ScoreResult],
) -> list[float]:
    """Returns the second probability of each row."""
    scored = result if isinstance(result, ScoreResult) else await result
    probabilities: list[float] = scored.scores["probabilities"][:, 1].tolist()
    return probabilities


class EchoModel(SumModel):
    """Returns each row's `x` as its second probability; fails if it is negative."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def score(self, columns: Mapping[str, Array]) -> Scores:
        x = columns["x"].ravel()
        self.calls.append(len(x))
        if (x < 0).any():
            raise ValueError("negative")
        return {
            "label": np.full(len(x), "no"),
            "probabilities": np.column_stack([1 - x, x]).astype(np.float32),
        }


class Bench:
    """A batcher, and requests that arrive together."""

    def __init__(self, inline_rows: int = 64) -> None:
        self.arrivals = Arrivals()
        self.batcher = Batcher(self.arrivals)
        self.engine = EchoModel()
        self.version = make_live_version(self.engine, inline_rows=inline_rows)

    async def request(self, *x: float, version: LiveVersion | None = None) -> list[float]:
        """Scores a request; returns its second probabilities."""
        self.arrivals.note_start()
        batch = RowBatch(len(x), [(value, 1, "a") for value in x])
        return await get_second_probabilities(
            self.batcher.score(ScoreRequest(version or self.version, batch))
        )

    async def invoke(self, body: bytes) -> list[float]:
        """Scores a request of another protocol."""
        self.arrivals.note_start()
        codec = self.version.codecs["invocations"]
        batch = codec.decode(body, MediaHeaders(()))
        return await get_second_probabilities(self.batcher.score(ScoreRequest(self.version, batch)))

    def run_together(self, *requests: Awaitable[Any]) -> list[Any]:
        """Runs requests whose heads were all read before the first of them starts."""

        async def run() -> list[Any]:
            self.arrivals.unstarted = len(requests)
            return await asyncio.gather(*requests, return_exceptions=True)

        return asyncio.run(run())


def test_a_lone_request_is_scored_at_once() -> None:
    """It needs no future and no turn of the event loop."""
    bench = Bench()
    assert isinstance(bench.batcher.score(ScoreRequest(bench.version, ROW)), ScoreResult)
    assert bench.engine.calls == [1]


def test_requests_that_arrive_together_share_a_call() -> None:
    """Each request gets the scores of its own rows."""
    bench = Bench()
    answers = bench.run_together(bench.request(0.25), bench.request(0.5, 0.75), bench.request(1))
    assert answers == [[0.25], [0.5, 0.75], [1.0]]
    assert bench.engine.calls == [4]
    assert bench.batcher.pending == 0


def test_a_request_that_scores_nothing_delays_no_other() -> None:
    """It arrives with the others, but calls no model."""
    bench = Bench()

    async def score_nothing() -> None:
        bench.arrivals.note_start()

    assert bench.run_together(bench.request(0.25), bench.request(0.5), score_nothing())[:2] == [
        [0.25],
        [0.5],
    ]
    assert bench.engine.calls == [2]


def test_only_the_request_that_causes_a_failure_gets_it() -> None:
    """If a call fails, its requests are scored one by one."""
    bench = Bench()
    good, bad, other = bench.run_together(
        bench.request(0.25), bench.request(-1), bench.request(0.5)
    )
    assert (good, other) == ([0.25], [0.5])
    assert isinstance(bad, ModelFailure)
    assert isinstance(bad.__cause__, ValueError)


class DropModel(EchoModel):
    """Answers only the rows whose `x` is not 0."""

    def score(self, columns: Mapping[str, Array]) -> Scores:
        return super().score({"x": columns["x"][columns["x"] != 0]})


def test_no_request_gets_the_answers_of_another() -> None:
    """If the model drops a row, only the request of that row fails."""
    bench = Bench()
    bench.engine = DropModel()
    bench.version = make_live_version(bench.engine)
    first, dropped, last = bench.run_together(
        bench.request(0.25), bench.request(0), bench.request(0.5)
    )
    assert (first, last) == ([0.25], [0.5])
    assert isinstance(dropped, ModelFailure)
    assert str(dropped.__cause__) == "the model answers 1 rows with 0 answers"


def test_a_call_has_at_most_the_versions_inline_rows() -> None:
    """More rows need more calls, and the event loop runs between them."""
    bench = Bench(inline_rows=4)
    requests = [bench.request(0.25, 0.5, 0.75) for _ in "123"]
    assert bench.run_together(*requests) == [[0.25, 0.5, 0.75]] * 3
    assert bench.engine.calls == [3, 3, 3]


def test_versions_are_not_mixed() -> None:
    """Requests of different versions use one call for each version."""
    bench, other = Bench(), EchoModel()
    newer = make_live_version(other, version="2")
    answers = bench.run_together(
        bench.request(0.25), bench.request(0.5, version=newer), bench.request(0.75)
    )
    assert answers == [[0.25], [0.5], [0.75]]
    assert (bench.engine.calls, other.calls) == ([2], [1])


def test_protocols_are_scored_together() -> None:
    """Rows of one version share a call, whatever their protocol."""
    bench = Bench()
    body = b'{"dataframe_records": [{"x": 0.5, "n": 1, "note": "a"}]}'
    requests = [bench.invoke(body), bench.request(0.25, 0.75), bench.invoke(body)]
    assert bench.run_together(*requests) == [[0.5], [0.25, 0.75], [0.5]]
    assert bench.engine.calls == [4]


def test_a_failure_of_one_protocol_does_not_affect_another() -> None:
    """If a call of mixed protocols fails, its requests are scored one by one."""
    bench = Bench()
    body = b'{"dataframe_records": [{"x": 0.5, "n": 1, "note": "a"}]}'
    bad, good = bench.run_together(bench.request(-1), bench.invoke(body))
    assert isinstance(bad, ModelFailure)
    assert good == [0.5]


def test_a_cancelled_request_does_not_affect_others() -> None:
    """The other requests of its call are answered."""
    bench = Bench()

    async def run() -> list[float]:
        bench.arrivals.unstarted = 3
        cancelled = asyncio.ensure_future(bench.request(0.25))
        other = asyncio.ensure_future(bench.request(0.5))
        await asyncio.sleep(0)
        cancelled.cancel()
        return await other

    assert asyncio.run(run()) == [0.5]


def test_requests_over_the_limit_are_refused() -> None:
    """They are refused at once; accepted requests are answered."""
    bench = Bench(inline_rows=1)
    requests = [bench.request(0.5) for _ in range(MAX_WAITING_CALLS + 2)]
    answers = bench.run_together(*requests)
    assert [answer for answer in answers if answer == [0.5]] == [[0.5]] * MAX_WAITING_CALLS
    assert sum(isinstance(answer, Overloaded) for answer in answers) == 2


def test_a_lone_request_after_a_burst_is_scored_at_once() -> None:
    bench = Bench()
    bench.run_together(bench.request(0.25), bench.request(0.5))
    assert isinstance(bench.batcher.score(ScoreRequest(bench.version, ROW)), ScoreResult)
