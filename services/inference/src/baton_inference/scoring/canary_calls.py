"""Scores with the canary: in threads of its own, and each request within a deadline.

A canary is not trusted yet. It may take for ever, so the event loop never calls it, and a request
does not wait for its thread longer than the deadline. The requests of one turn of the event loop
are joined into one call, as in `batcher.py`: a thread costs as much as some rows.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_inference.errors import ModelFailure, Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batcher import score_call
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult

THREADS = 2
"""Threads that a canary can block: one that loops for ever ends up with all of them."""
MAX_WAITING = 256
"""Requests that may wait for a thread."""
MAX_JOINED_ROWS = 64
"""Rows of a joined call. Converting more would hold the interpreter's lock for too long."""


class CanaryCalls:
    """The calls of the canary. Use it from the event loop only."""

    def __init__(self, *, threads: int = THREADS) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="canary")
        self._threads = threads
        self._waiting: deque[_Asked] = deque()
        self._running: set[_Call] = set()

    @property
    def pending(self) -> int:
        """The number of requests that are accepted and not answered."""
        asked = [*self._waiting, *(each for call in self._running for each in call.asked)]
        return sum(not each.future.done() for each in asked)

    @property
    def is_busy(self) -> bool:
        """Whether a thread scores, perhaps for ever."""
        return bool(self._running)

    def score(self, request: ScoreRequest, deadline_s: float) -> asyncio.Future[ScoreResult]:
        """Scores a request.

        Args:
            request: its rows, and the canary.
            deadline_s: how long the request may take in seconds, the wait for a thread included.

        Raises:
            Overloaded: too many requests wait, or no thread is left.
            ModelFailure: the model failed on these rows, gave a number that is not finite, or the
                deadline has passed. The future raises it.
        """
        if len(self._waiting) >= MAX_WAITING or self._is_stuck():
            raise Overloaded(f"version {request.version.model.version} is busy; retry later")
        loop = asyncio.get_running_loop()
        asked = _Asked(request, loop.create_future())
        asked.timer = loop.call_later(deadline_s, asked.expire, deadline_s)
        if not self._waiting:
            loop.call_soon(self._start_calls)
        self._waiting.append(asked)
        return asked.future

    def close(self) -> None:
        """Stops the calls. Does not wait for the threads."""
        for call in self._running:
            call.engine.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_stuck(self) -> bool:
        """Whether each thread is with a call that no request waits for."""
        running = self._running
        return len(running) == self._threads and all(each.is_stopped for each in running)

    def _start_calls(self) -> None:
        """Gives the waiting requests to free threads."""
        loop = asyncio.get_running_loop()
        while len(self._running) < self._threads and (asked := self._take_asked()):
            call = _Call(asked)
            self._running.add(call)
            job = loop.run_in_executor(self._pool, call.run)
            job.add_done_callback(partial(self._finish, call))

    def _take_asked(self) -> list["_Asked"]:
        """Takes the requests of one call: the first one, and others that can join it."""
        taken: list[_Asked] = []
        rows = 0
        while self._waiting:
            version, batch = self._waiting[0].request
            if self._waiting[0].future.done():  # its deadline has passed
                self._waiting.popleft()
                continue
            rows += batch.rows
            if taken and (rows > MAX_JOINED_ROWS or version is not taken[0].request.version):
                break
            taken.append(self._waiting.popleft())
        return taken

    def _finish(self, call: "_Call", job: asyncio.Future[list[ScoreResult | ModelFailure]]) -> None:
        self._running.discard(call)
        if not job.cancelled():
            for asked, outcome in zip(call.asked, job.result(), strict=True):
                asked.resolve(outcome)
        self._start_calls()


class _Asked:
    """A request that waits for the canary."""

    __slots__ = ("call", "future", "request", "timer")
    timer: asyncio.TimerHandle

    def __init__(self, request: ScoreRequest, future: asyncio.Future[ScoreResult]) -> None:
        self.request = request
        self.future = future
        self.call: _Call | None = None

    def resolve(self, outcome: ScoreResult | ModelFailure) -> None:
        """Ends the wait, unless the deadline has passed or the request was cancelled."""
        self.timer.cancel()
        if self.future.done():
            return
        if isinstance(outcome, ModelFailure):
            self.future.set_exception(outcome)
        else:
            self.future.set_result(outcome)

    def expire(self, deadline_s: float) -> None:
        """Ends the wait at the deadline, unless the scores are on their way."""
        if self.call is not None and self.call.is_scored:
            return  # the event loop was late, not the canary
        version = self.request.version.model.version
        self.resolve(
            ModelFailure(f"version {version} did not answer within {1000 * deadline_s:.0f} ms")
        )
        if self.call is not None:
            self.call.stop_if_unneeded()


class _Call:
    """One call of the canary for one or more requests, in a thread."""

    def __init__(self, asked: Sequence[_Asked]) -> None:
        self.asked = asked
        self.version = asked[0].request.version
        self.engine = self.version.engine.make_stoppable()
        self.is_stopped = self.is_scored = False
        for each in asked:
            each.call = self

    def stop_if_unneeded(self) -> None:
        """Stops the model if no request waits for it."""
        if all(each.future.done() for each in self.asked):
            self.is_stopped = True
            self.engine.stop()

    def run(self) -> list[ScoreResult | ModelFailure]:
        """Scores all requests; if that fails, each alone, because one of them may be the cause."""
        outcomes = self._score_each()
        self.is_scored = True
        return outcomes

    def _score_each(self) -> list[ScoreResult | ModelFailure]:
        requests = [each.request for each in self.asked]
        try:
            return [*self._score(requests)]
        except ModelFailure as failure:
            if len(requests) == 1:
                return [failure]
        outcomes: list[ScoreResult | ModelFailure] = []
        for each in requests:
            try:
                outcomes += self._score([each])
            except ModelFailure as failure:
                outcomes.append(failure)
        return outcomes

    def _score(self, requests: Sequence[ScoreRequest]) -> Iterator[ScoreResult]:
        batches = [each.batch for each in requests]
        scores = score_call(self.version, batches, self.engine)
        check_finite(self.version, scores)
        start = 0
        for batch in batches:
            end = start + batch.rows
            part = {name: values[start:end] for name, values in scores.items()}
            yield ScoreResult(self.version, part)
            start = end


def check_finite(version: LiveVersion, scores: Scores) -> None:
    """Raises `ModelFailure` if an output has a number that is not finite."""
    for name, values in scores.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            error = EngineError(f"the model answers with a {name} that is not finite")
            raise ModelFailure(
                f"version {version.model.version} answers with a {name} that is not finite"
            ) from error
