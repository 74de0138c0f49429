"""Joins waiting requests into one call of the model.

One call costs nearly the same for one row as for ten, and requests arrive in bursts. The requests
that one turn of the event loop reads are scored in one call, which the last of them makes. A lone
request is the last one and waits for no other. The protocol does not matter: rows of the same
version are scored together.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from baton_engine.engine import EngineError, Scores, ServingEngine
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.batch import Batch, score_batches
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult

MAX_WAITING_CALLS = 512
"""The most calls whose rows may wait. A call takes at most 2 ms, so this is a second of work."""


class _QueuedRequest(NamedTuple):
    """A request, and the future of its result."""

    request: ScoreRequest
    result: asyncio.Future[ScoreResult]


class Batcher:
    """Joins requests of few rows into calls. Use it from the event loop only."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._queues: dict[int, deque[_QueuedRequest]] = {}  # by id: a version is not hashable
        self._rows = 0

    @property
    def pending(self) -> int:
        """The number of requests that are accepted and not scored."""
        return sum(map(len, self._queues.values()))

    def score(self, request: ScoreRequest) -> ScoreResult | asyncio.Future[ScoreResult]:
        """Scores a request. Returns a future if it is scored together with others.

        Args:
            request: at most `version.inline_rows` rows.

        Raises:
            Overloaded: too many rows are waiting.
            ModelFailure: the engine failed on these rows. The future raises it, too.
        """
        version, batch = request
        is_last = not self._arrivals.unstarted
        if is_last and not self._queues:
            return ScoreResult(version, score_call(version, (batch,)))
        if self._rows + batch.rows > MAX_WAITING_CALLS * version.inline_rows:
            raise Overloaded(f"{self._rows} rows are waiting; retry later")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[ScoreResult] = loop.create_future()
        is_first = not self._queues
        queue = self._queues.get(id(version))
        if queue is None:
            queue = self._queues[id(version)] = deque()
        queue.append(_QueuedRequest(request, future))
        self._rows += batch.rows
        if is_first:
            # The last request to start may score nothing, or its body may be late.
            loop.call_soon(self._score_queued)
        elif is_last:
            self._score_next()
        return future

    def _score_queued(self) -> None:
        """Scores the queued requests, one turn of the loop after the first was queued.

        By then, every request that had arrived has started.
        """
        if not self._queues:
            return
        self._arrivals.forget()
        self._score_next()

    def _score_next(self) -> None:
        """Makes one call for the version whose request waits longest."""
        key, queue = next(iter(self._queues.items()))
        call = _take_call(queue)
        if not queue:
            del self._queues[key]
        self._rows -= sum([each.request.batch.rows for each in call])
        _score_and_resolve(call)
        if self._queues:  # other work of the event loop runs between two calls
            asyncio.get_running_loop().call_soon(self._score_queued)


def _take_call(queue: deque[_QueuedRequest]) -> list[_QueuedRequest]:
    """Takes the requests of one call: the first one, and others within the version's row limit."""
    call = [queue.popleft()]
    version, batch = call[0].request
    rows = batch.rows
    while queue and (rows := rows + queue[0].request.batch.rows) <= version.inline_rows:
        call.append(queue.popleft())
    return call


def score_call(
    version: LiveVersion, batches: Sequence[Batch], engine: ServingEngine | None = None
) -> Scores:
    """Scores all batches in one call of the model, in their order.

    Args:
        version: the version.
        batches: the rows.
        engine: an engine of the version; by default the one that all threads share.

    Raises:
        ModelFailure: the engine failed, or an output has not one answer per row; the error is the
            cause.
    """
    try:
        scores = score_batches(engine or version.engine, batches)
        _check_count(scores, batches)
    except Exception as error:
        raise ModelFailure(
            f"version {version.model.version} failed on these rows; search the service's log for"
            " the request id"
        ) from error
    return scores


def _check_count(scores: Scores, batches: Sequence[Batch]) -> None:
    """Raises `EngineError` unless each output has one answer per row.

    A graph may drop or merge rows; a request would get the answers of another.
    """
    rows = batches[0].rows if len(batches) == 1 else sum([each.rows for each in batches])
    for values in scores.values():
        if len(values) != rows:
            raise EngineError(f"the model answers {rows} rows with {len(values)} answers")


def _score_and_resolve(call: Sequence[_QueuedRequest]) -> None:
    """Scores a call and resolves its futures.

    If the call fails, each request is scored alone, because one of them may cause the failure.
    """
    version = call[0].request.version
    try:
        scores = score_call(version, [each.request.batch for each in call])
    except ModelFailure as error:
        if len(call) > 1:
            for each in call:
                _score_and_resolve([each])
        elif not call[0].result.done():
            call[0].result.set_exception(error)
        return
    start = 0
    for request, result in call:
        end = start + request.batch.rows
        if not result.done():  # a cancelled request needs no scores
            part = {name: values[start:end] for name, values in scores.items()}
            result.set_result(ScoreResult(version, part))
        start = end
