"""Scores together what waits together.

One call of the model costs nearly the same for one row as for ten, and requests come in bursts: all
those that one turn of the event loop has read are scored in one call, which the last of them makes.
A request that is alone is the last one, and waits for no other. The protocol does not matter: rows
of the same version are scored together.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from baton_engine.engine import Scores
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.batch import Batch, score_batches

MAX_WAITING_CALLS = 512
"""So many calls' rows may wait. With the 2 ms that a call may take, that is a second of work."""


class _Waiting(NamedTuple):
    """A request's rows, and where its scores are to go."""

    version: LiveVersion
    batch: Batch
    scores: asyncio.Future[Scores]


class Batcher:
    """Joins requests of few rows into calls. Used from the event loop only."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._queues: dict[int, deque[_Waiting]] = {}  # by the version, which has no hash
        self._rows = 0

    @property
    def pending(self) -> int:
        """Requests accepted and not scored."""
        return sum(map(len, self._queues.values()))

    def score(self, version: LiveVersion, batch: Batch) -> Scores | asyncio.Future[Scores]:
        """Scores a batch; gives a future where others are scored with it.

        Args:
            version: the version that the request began with.
            batch: no more rows than `version.inline_rows`.

        Raises:
            Overloaded: too many rows wait.
            ModelFailure: the engine failed on these rows; the future raises it, too.
        """
        is_last = not self._arrivals.unstarted
        if is_last and not self._queues:
            return score_call(version, (batch,))
        if self._rows + batch.rows > MAX_WAITING_CALLS * version.inline_rows:
            raise Overloaded(f"{self._rows} rows are waiting; try again soon")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Scores] = loop.create_future()
        is_first = not self._queues
        self._queues.setdefault(id(version), deque()).append(_Waiting(version, batch, future))
        self._rows += batch.rows
        if is_first:
            # The last to begin may ask for something else, or its body may be late.
            loop.call_soon(self._turn)
        elif is_last:
            self._call()
        return future

    def _turn(self) -> None:
        """Scores what is queued, one turn of the loop after the first request was queued.

        Every request that had arrived by then has started.
        """
        if not self._queues:
            return
        self._arrivals.forget()
        self._call()

    def _call(self) -> None:
        """Scores the first of what waits for one version, as many rows as are quick."""
        key, queue = next(iter(self._queues.items()))
        call = _next_call(queue)
        if not queue:
            del self._queues[key]
        self._rows -= sum(each.batch.rows for each in call)
        _score(call)
        if self._queues:  # the event loop gets its turn between two calls
            asyncio.get_running_loop().call_soon(self._turn)


def _next_call(queue: deque[_Waiting]) -> list[_Waiting]:
    """Takes what one call scores: the first request, and others within the version's row limit."""
    call = [queue.popleft()]
    rows = call[0].batch.rows
    while queue and (rows := rows + queue[0].batch.rows) <= queue[0].version.inline_rows:
        call.append(queue.popleft())
    return call


def score_call(version: LiveVersion, batches: Sequence[Batch]) -> Scores:
    """Scores all batches, one after the other, by one call of the model.

    Raises:
        ModelFailure: the engine failed; what it raised is the cause.
    """
    try:
        return score_batches(version.engine, batches)
    except Exception as error:
        raise ModelFailure(
            f"version {version.model.version} failed on these rows; the service's log says more,"
            " under this request's id"
        ) from error


def _score(call: Sequence[_Waiting]) -> None:
    """Scores one call; if it fails, each request by itself, because one alone may be at fault."""
    first = call[0]
    try:
        scores = score_call(first.version, [each.batch for each in call])
    except ModelFailure as error:
        if len(call) > 1:
            for each in call:
                _score([each])
        elif not first.scores.done():
            first.scores.set_exception(error)
        return
    start = 0
    for each in call:
        end = start + each.batch.rows
        if not each.scores.done():  # else its request was given up
            part = Scores(scores.labels[start:end], scores.probabilities[start:end])
            each.scores.set_result(part)
        start = end
