"""Requests that wait together are scored together, each as if it were alone."""

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
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import SumModel

ROW = RowBatch(1, [(0.5, 1, "a")])


async def seconds(scored: Scores | asyncio.Future[Scores]) -> list[float]:
    """The second probability of each row, once it is there."""
    scores = scored if isinstance(scored, Scores) else await scored
    found: list[float] = scores.probabilities[:, 1].tolist()
    return found


class EchoModel(SumModel):
    """Gives each row's `x` back as its second probability; fails on a negative one."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []

    def score(self, columns: Mapping[str, Array]) -> Scores:
        x = columns["x"].ravel()
        self.calls.append(len(x))
        if (x < 0).any():
            raise ValueError("negative")
        return Scores(np.full(len(x), "no"), np.column_stack([1 - x, x]).astype(np.float32))


class Desk:
    """A batcher, and requests that arrive at it together."""

    def __init__(self, inline_rows: int = 64) -> None:
        self.arrivals = Arrivals()
        self.batcher = Batcher(self.arrivals)
        self.engine = EchoModel()
        self.served = make_live_version(self.engine, inline_rows=inline_rows)

    async def request(self, *x: float, of: LiveVersion | None = None) -> list[float]:
        """One request's second probabilities."""
        self.arrivals.note_start()
        of = of or self.served
        batch = RowBatch(len(x), [(value, 1, "a") for value in x])
        return await seconds(self.batcher.score(of, batch))

    async def invocation(self, body: bytes) -> list[float]:
        """The same by another protocol."""
        self.arrivals.note_start()
        codec = self.served.codecs["invocations"]
        batch = codec.decode(body, MediaHeaders(()))
        return await seconds(self.batcher.score(self.served, batch))

    def together(self, *requests: Awaitable[Any]) -> list[Any]:
        """Runs requests whose heads were all read before the first of them begins."""

        async def use() -> list[Any]:
            self.arrivals.unstarted = len(requests)
            return await asyncio.gather(*requests, return_exceptions=True)

        return asyncio.run(use())


def test_a_lone_request_is_scored_at_once() -> None:
    """Nobody else is there: no future, no turn of the event loop."""
    desk = Desk()
    assert isinstance(desk.batcher.score(desk.served, ROW), Scores)
    assert desk.engine.calls == [1]


def test_what_arrives_together_is_one_call() -> None:
    """Each request gets its own rows' scores out of the one call, in whatever order."""
    desk = Desk()
    answers = desk.together(desk.request(0.25), desk.request(0.5, 0.75), desk.request(1))
    assert answers == [[0.25], [0.5, 0.75], [1.0]]
    assert desk.engine.calls == [4]
    assert desk.batcher.pending == 0


def test_the_others_need_not_come() -> None:
    """A request that arrived and never scores anything holds nobody up."""
    desk = Desk()

    async def goes_elsewhere() -> None:
        desk.arrivals.note_start()

    assert desk.together(desk.request(0.25), desk.request(0.5), goes_elsewhere())[:2] == [
        [0.25],
        [0.5],
    ]
    assert desk.engine.calls == [2]


def test_a_fault_is_told_to_the_request_whose_it_is() -> None:
    """Where a call fails, its requests are scored one by one: the innocent get their answers."""
    desk = Desk()
    good, bad, other = desk.together(desk.request(0.25), desk.request(-1), desk.request(0.5))
    assert (good, other) == ([0.25], [0.5])
    assert isinstance(bad, ModelFailure)
    assert isinstance(bad.__cause__, ValueError)


def test_a_call_holds_no_more_rows_than_are_quick() -> None:
    """More rows are more calls, and the event loop gets its turn between them."""
    desk = Desk(inline_rows=4)
    requests = [desk.request(0.25, 0.5, 0.75) for _ in "123"]
    assert desk.together(*requests) == [[0.25, 0.5, 0.75]] * 3
    assert desk.engine.calls == [3, 3, 3]


def test_versions_are_not_mixed() -> None:
    """Requests that began with different versions are scored by those, one call a version."""
    desk, other = Desk(), EchoModel()
    newer = make_live_version(other, version="2")
    answers = desk.together(desk.request(0.25), desk.request(0.5, of=newer), desk.request(0.75))
    assert answers == [[0.25], [0.5], [0.75]]
    assert (desk.engine.calls, other.calls) == ([2], [1])


def test_protocols_are_scored_together() -> None:
    """Rows of one version share a call, whatever protocol brought them and in whatever order."""
    desk = Desk()
    body = b'{"dataframe_records": [{"x": 0.5, "n": 1, "note": "a"}]}'
    requests = [desk.invocation(body), desk.request(0.25, 0.75), desk.invocation(body)]
    assert desk.together(*requests) == [[0.5], [0.25, 0.75], [0.5]]
    assert desk.engine.calls == [4]


def test_a_fault_of_one_protocol_does_not_reach_another() -> None:
    """A call of mixed protocols that fails is scored request by request."""
    desk = Desk()
    body = b'{"dataframe_records": [{"x": 0.5, "n": 1, "note": "a"}]}'
    bad, good = desk.together(desk.request(-1), desk.invocation(body))
    assert isinstance(bad, ModelFailure)
    assert good == [0.5]


def test_a_request_that_is_given_up_harms_nobody() -> None:
    """The others of its call are answered."""
    desk = Desk()

    async def use() -> list[float]:
        desk.arrivals.unstarted = 3
        given_up = asyncio.ensure_future(desk.request(0.25))
        kept = asyncio.ensure_future(desk.request(0.5))
        await asyncio.sleep(0)
        given_up.cancel()
        return await kept

    assert asyncio.run(use()) == [0.5]


def test_too_much_is_shed() -> None:
    """Beyond the bound a request is refused at once; what was accepted is answered."""
    desk = Desk(inline_rows=1)
    requests = [desk.request(0.5) for _ in range(MAX_WAITING_CALLS + 2)]
    answers = desk.together(*requests)
    assert [answer for answer in answers if answer == [0.5]] == [[0.5]] * MAX_WAITING_CALLS
    assert sum(isinstance(answer, Overloaded) for answer in answers) == 2


def test_nothing_waits_after_the_burst() -> None:
    """The next lone request is scored at once again."""
    desk = Desk()
    desk.together(desk.request(0.25), desk.request(0.5))
    assert isinstance(desk.batcher.score(desk.served, ROW), Scores)
