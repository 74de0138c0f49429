"""The canary's calls: in threads, within deadlines, with models that do harm."""

import asyncio
import contextlib
import gc
import threading
import time
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from baton_engine.engine import Scores
from baton_engine.onnx.engine import OnnxEngine
from baton_engine.tables.columns import Array
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batch import RowBatch
from baton_inference.scoring.canary_calls import MAX_BLOCKED, MAX_WAITING, THREADS, CanaryCalls
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from tests.support.fakes.bad_models import BAD, GOOD, SCHEMA, Harm, build_bad_model
from tests.support.fakes.live_version import make_live_version
from tests.support.fakes.models import ErrorModel, SlowModel, SumModel

LONG_S = 20.0


def make_canary(harm: Harm) -> LiveVersion:
    """Makes a version with a real model that does harm."""
    return make_live_version(OnnxEngine(build_bad_model(harm), SCHEMA), version="7", schema=SCHEMA)


def make_request(version: LiveVersion, *x: float) -> ScoreRequest:
    return ScoreRequest(version, RowBatch(len(x), [(value,) for value in x]))


async def score_all(
    calls: CanaryCalls, *requests: ScoreRequest, deadline_s: float = LONG_S
) -> list[ScoreResult | BaseException]:
    """Scores requests that arrive together."""
    return await asyncio.gather(
        *[calls.score(each, deadline_s) for each in requests], return_exceptions=True
    )


def run(*requests: ScoreRequest, deadline_s: float = LONG_S) -> list[ScoreResult | BaseException]:
    calls = CanaryCalls()
    try:
        return asyncio.run(score_all(calls, *requests, deadline_s=deadline_s))
    finally:
        calls.close()


async def wait_until_free(calls: CanaryCalls) -> None:
    """Waits until no thread scores."""
    started_s = time.monotonic()
    while calls.is_busy:
        assert time.monotonic() - started_s < LONG_S
        await asyncio.sleep(0.005)


class ThreadModel(SumModel):
    """Records the rows and the thread of each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.threads: set[threading.Thread] = set()

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.calls.append(len(columns["x"]))
        self.threads.add(threading.current_thread())
        return super().score(columns)


def test_requests_of_one_turn_share_a_call_in_a_thread() -> None:
    """The event loop never calls the model; a call has at most 64 rows, unless one request has."""
    model = ThreadModel()
    version = make_live_version(model)
    sizes = (1, 2, 60, 2, 100, 1)
    requests = [ScoreRequest(version, RowBatch(n, [(0.5, 1, "a")] * n)) for n in sizes]
    results = run(*requests)
    assert [len(each.scores["label"]) for each in results if isinstance(each, ScoreResult)] == [
        *sizes
    ]
    assert sorted(model.calls) == [1, 2, 63, 100]
    assert threading.main_thread() not in model.threads


def test_requests_of_another_version_are_called_apart() -> None:
    """The canary may be replaced between two requests of one turn."""
    versions = [make_live_version(ThreadModel(), version=number) for number in "12"]
    requests = [ScoreRequest(each, RowBatch(1, [(0.5, 1, "a")])) for each in (*versions, *versions)]
    results = run(*requests)
    found = [each.version.model.version for each in results if isinstance(each, ScoreResult)]
    assert found == ["1", "2", "1", "2"]


@pytest.mark.parametrize("harm", ["fails", "nan", "allocates"])
def test_one_bad_row_fails_its_own_request_alone(harm: Harm) -> None:
    """The requests that share its call are scored without it."""
    canary = make_canary(harm)
    requests = [make_request(canary, *x) for x in ((GOOD,), (GOOD, BAD), (-GOOD, GOOD))]
    first, bad, last = run(*requests)
    assert isinstance(first, ScoreResult)
    assert isinstance(last, ScoreResult)
    assert first.scores["label"].tolist() == ["yes"]
    assert last.scores["label"].tolist() == ["no", "yes"]
    assert isinstance(bad, ModelFailure)
    assert "version 7" in str(bad)


def test_a_wrong_number_of_answers_is_a_failure() -> None:
    (outcome,) = run(make_request(make_canary("merges"), GOOD, BAD))
    assert isinstance(outcome, ModelFailure)


class Cell:
    """A value whose memory the test follows."""


def test_rows_that_no_request_waits_for_are_freed_in_the_queue() -> None:
    """Blocked threads would keep them, and their bodies, for as long as they are blocked."""
    gate = threading.Event()
    version = make_live_version(SlowModel(gate.wait))

    async def use() -> None:
        calls = CanaryCalls(threads=1)
        running = calls.score(ScoreRequest(version, RowBatch(1, [(0.5, 1, "a")])), LONG_S)
        await asyncio.sleep(0.01)
        cells = [Cell(), Cell()]
        kept = [weakref.ref(each) for each in cells]
        late, cancelled = [
            calls.score(ScoreRequest(version, RowBatch(1, [(cell,)])), 0.02) for cell in cells
        ]
        del cells
        await asyncio.sleep(0)
        cancelled.cancel()
        with pytest.raises(ModelFailure):
            await late
        await asyncio.sleep(0.02)
        assert [each() for each in kept] == [None, None]
        gate.set()
        assert (await running).version is version
        await wait_until_free(calls)
        calls.close()

    asyncio.run(use())


def test_an_endless_call_is_stopped_at_its_deadline() -> None:
    """The request does not wait for the thread, and the thread is free soon afterwards."""
    canary, calls = make_canary("loops"), CanaryCalls()

    async def use() -> None:
        started_s = time.monotonic()
        (outcome,) = await score_all(calls, make_request(canary, BAD), deadline_s=0.05)
        assert isinstance(outcome, ModelFailure)
        assert "within 50 ms" in str(outcome)
        assert 0.04 < time.monotonic() - started_s < LONG_S / 2
        await wait_until_free(calls)
        (outcome,) = await score_all(calls, make_request(canary, GOOD))
        assert isinstance(outcome, ScoreResult)

    asyncio.run(use())
    calls.close()


class DeafModel(SumModel):
    """Ignores that it is stopped, like one endless node of ONNX; the test lets it go."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()

    def score(self, columns: Mapping[str, Array]) -> Scores:
        self.gate.wait(LONG_S)
        return super().score(columns)


def test_a_model_that_cannot_be_stopped_blocks_a_few_threads_alone() -> None:
    """Later requests are refused at once, and no thread is added."""
    model, calls = DeafModel(), CanaryCalls()
    before = {*threading.enumerate()}  # a thread of another test may be about to end
    version = make_live_version(model)
    request = ScoreRequest(version, RowBatch(64, [(0.5, 1, "a")] * 64))

    async def use() -> None:
        outcomes = await score_all(calls, *[request] * (THREADS + 3), deadline_s=0.05)
        assert {type(each) for each in outcomes} == {ModelFailure}
        assert (calls.pending, calls.is_busy) == (0, True)
        with pytest.raises(Overloaded):
            await calls.score(request, LONG_S)
        assert len({*threading.enumerate()} - before) == THREADS
        model.gate.set()
        await wait_until_free(calls)
        (outcome,) = await score_all(calls, request)
        assert isinstance(outcome, ScoreResult)

    asyncio.run(use())
    calls.close()


def test_the_wait_for_a_thread_counts() -> None:
    """A request that no thread has taken is answered at its deadline, too, and never scored."""
    model, calls = DeafModel(), CanaryCalls(threads=1)
    version, other = make_live_version(model), make_live_version(ThreadModel(), version="2")

    async def use() -> None:
        first = calls.score(ScoreRequest(version, RowBatch(1, [(0.5, 1, "a")])), LONG_S)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting = ScoreRequest(other, RowBatch(1, [(0.5, 1, "a")]))
        (outcome,) = await score_all(calls, waiting, deadline_s=0.02)
        assert isinstance(outcome, ModelFailure)
        model.gate.set()
        assert isinstance(await first, ScoreResult)
        await asyncio.sleep(0.02)

    asyncio.run(use())
    calls.close()
    assert isinstance(other.engine, ThreadModel)
    assert other.engine.calls == []


def test_waiting_requests_are_limited() -> None:
    """More are refused, not queued; a cancelled one is not scored."""
    model, calls = ThreadModel(), CanaryCalls()
    request = ScoreRequest(make_live_version(model), RowBatch(1, [(0.5, 1, "a")]))

    async def use() -> None:
        futures = [calls.score(request, LONG_S) for _ in range(MAX_WAITING)]
        with pytest.raises(Overloaded):
            await calls.score(request, LONG_S)
        assert calls.pending == MAX_WAITING
        futures[0].cancel()
        outcomes: list[Any] = await asyncio.gather(*futures, return_exceptions=True)
        assert isinstance(outcomes[0], asyncio.CancelledError)
        assert all(isinstance(each, ScoreResult) for each in outcomes[1:])

    asyncio.run(use())
    calls.close()
    assert sum(model.calls) == MAX_WAITING - 1


def test_joined_requests_get_their_own_scores() -> None:
    canary = make_canary("nan")
    values = [-3.0, 2.0, 0.5, -0.25]
    results = run(*[make_request(canary, value) for value in values])
    for value, result in zip(values, results, strict=True):
        (alone,) = run(make_request(canary, value))
        assert isinstance(result, ScoreResult)
        assert isinstance(alone, ScoreResult)
        np.testing.assert_array_equal(result.scores["probabilities"], alone.scores["probabilities"])


def test_a_later_version_does_not_wait_for_threads_that_others_block() -> None:
    """It gets new ones; a version that blocks them itself does not, and their number is limited."""
    calls, gates = CanaryCalls(), []
    rows = RowBatch(64, [(0.5, 1, "a")] * 64)

    async def block(number: int) -> None:
        model = DeafModel()
        gates.append(model.gate)
        version = make_live_version(model, version=str(number))
        request = ScoreRequest(version, rows)
        await score_all(calls, *[request] * THREADS, deadline_s=0.05)
        with pytest.raises(Overloaded, match=f"version {number} is busy"):
            await calls.score(request, LONG_S)

    async def use() -> None:
        good = ScoreRequest(make_live_version(SumModel(), version="good"), rows)
        for number in range(MAX_BLOCKED // THREADS):
            await block(number)
            (outcome,) = await score_all(calls, good)
            assert isinstance(outcome, ScoreResult)
        await block(99)
        assert not calls.switch.closed
        with pytest.raises(Overloaded, match="restart"):
            await calls.score(good, LONG_S)
        assert "restart" in calls.switch.closed
        assert calls.is_busy
        for gate in gates:
            gate.set()
        await wait_until_free(calls)
        assert not calls.switch.closed
        (outcome,) = await score_all(calls, good)
        assert isinstance(outcome, ScoreResult)

    asyncio.run(use())
    calls.close()


def test_a_call_that_does_not_end_trips_its_version() -> None:
    """One that ends after it was stopped does not."""
    calls = CanaryCalls(give_up_s=0.2)
    model = DeafModel()
    version, loop = make_live_version(model), make_canary("loops")

    async def use() -> None:
        rows = RowBatch(64, [(0.5, 1, "a")] * 64)
        await score_all(calls, ScoreRequest(version, rows), deadline_s=0.05)
        await score_all(calls, make_request(loop, BAD), deadline_s=0.05)
        assert calls.switch.find_trip(version.identity, None) is None
        await asyncio.sleep(0.5)
        trip = calls.switch.find_trip(version.identity, None)
        assert trip is not None
        assert (trip.signal, trip.production) == ("endless", None)
        assert calls.switch.find_trip(loop.identity, None) is None
        model.gate.set()
        await wait_until_free(calls)

    asyncio.run(use())
    calls.close()


class ListModel(SumModel):
    """Answers with lists, which no engine does."""

    def score(self, columns: Mapping[str, Array]) -> Any:
        return {"label": ["no"] * len(columns["x"])}


def test_an_unexpected_error_is_a_failure_and_the_next_request_is_scored() -> None:
    bad, good = make_live_version(ListModel()), make_live_version(SumModel(), version="2")
    requests = [ScoreRequest(each, RowBatch(1, [(0.5, 1, "a")])) for each in (bad, bad, bad, good)]
    *failures, last = run(*requests)
    assert {type(each) for each in failures} == {ModelFailure}
    assert isinstance(failures[0], ModelFailure)
    assert isinstance(failures[0].__cause__, AttributeError)
    assert isinstance(last, ScoreResult)


@pytest.mark.parametrize("model", [SumModel(), ListModel(), ErrorModel()])
def test_calls_leave_no_garbage(model: SumModel) -> None:
    """Nothing that only the garbage collector frees, also if the canary fails."""
    calls = CanaryCalls()
    request = ScoreRequest(make_live_version(model), RowBatch(1, [(0.5, 1, "a")]))

    async def use() -> int:
        await score_all(calls, request)
        gc.collect()
        gc.disable()
        try:
            for _ in range(50):
                with contextlib.suppress(ModelFailure):
                    await calls.score(request, LONG_S)
            return gc.collect()
        finally:
            gc.enable()

    assert asyncio.run(use()) < 50
    calls.close()
