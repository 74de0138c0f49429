"""Scores together what waits together.

One call of the model costs nearly the same for one row as for ten, and requests come in bursts: all
those that one turn of the event loop has read are scored in one call, which the last of them makes.
A request that is alone is the last one, and waits for nobody.
"""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from baton_engine.engine import Scores
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.slot import Served
from baton_inference.protocols.codec import Batch, Codec
from baton_inference.scoring.arrivals import Arrivals

MAX_WAITING_CALLS = 512
"""So many calls' rows may wait. With the 2 ms that a call may take, that is a second of work."""


class _Waiting(NamedTuple):
    """A request's rows, and where its scores are to go."""

    served: Served
    codec: Codec[Any]
    batch: Batch
    scores: asyncio.Future[Scores]


class Batcher:
    """Joins requests of few rows into calls. Used from the event loop only."""

    def __init__(self, arrivals: Arrivals) -> None:
        self._arrivals = arrivals
        self._waiting: list[_Waiting] = []
        self._rows = 0

    @property
    def pending(self) -> int:
        """Requests accepted and not scored."""
        return len(self._waiting)

    def score(
        self, served: Served, codec: Codec[Any], batch: Batch
    ) -> Scores | asyncio.Future[Scores]:
        """The scores of a batch; a future of them where others are scored with them.

        Args:
            served: the version that the request began with.
            codec: the version's codec that has read the batch.
            batch: no more rows than `served.inline_rows`.

        Raises:
            Overloaded: too many rows wait.
            ModelFailure: the engine failed on these rows; the future raises it, too.
        """
        is_last = not self._arrivals.unstarted
        if is_last and not self._waiting:
            return score_batches(served, codec, (batch,))
        if self._rows + batch.rows > MAX_WAITING_CALLS * served.inline_rows:
            raise Overloaded(f"{self._rows} rows are waiting; try again soon")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Scores] = loop.create_future()
        self._waiting.append(_Waiting(served, codec, batch, future))
        self._rows += batch.rows
        if len(self._waiting) == 1:
            # The last to begin may ask for something else, or its body may be late.
            loop.call_soon(self._turn)
        elif is_last:
            self._call()
        return future

    def _turn(self) -> None:
        """All requests that had arrived when the first of the waiting began have begun."""
        if not self._waiting:
            return
        self._arrivals.forget()
        self._call()

    def _call(self) -> None:
        """Scores the first of what waits, for one version and protocol."""
        first, *others = _calls(self._waiting)
        self._waiting = [each for call in others for each in call]
        self._rows = sum(each.batch.rows for each in self._waiting)
        _score(first)
        if others:  # the event loop gets its turn between two calls
            asyncio.get_running_loop().call_soon(self._turn)


def _calls(waiting: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """What one call takes: neighbours with one codec, so of one version, within its row limit."""
    for _, group in groupby(waiting, key=lambda each: id(each.codec)):
        call: list[_Waiting] = []
        rows = 0
        for each in group:
            rows += each.batch.rows
            if rows > each.served.inline_rows and call:
                yield call
                call, rows = [], each.batch.rows
            call.append(each)
        yield call


def score_batches(served: Served, codec: Codec[Any], batches: Sequence[Batch]) -> Scores:
    """The scores of all batches, one after the other, by one call of the model.

    Raises:
        ModelFailure: the engine failed; what it raised is the cause.
    """
    try:
        return codec.score(served.engine, batches)
    except Exception as error:
        raise ModelFailure(
            f"version {served.model.version} failed on these rows; the service's log says more,"
            " under this request's id"
        ) from error


def _score(call: Sequence[_Waiting]) -> None:
    """Scores one call; where it fails, each request on its own, for the fault is one's alone."""
    first = call[0]
    try:
        scores = score_batches(first.served, first.codec, [each.batch for each in call])
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
        if not each.scores.done():  # its request was given up meanwhile
            part = Scores(scores.labels[start:end], scores.probabilities[start:end])
            each.scores.set_result(part)
        start = end
