"""Scores with the canary: in threads of its own, and each request within a deadline.

A canary is not trusted yet. It may take for ever, so the event loop never calls it, and a request
does not wait for its thread longer than the deadline. The requests of one turn of the event loop
are joined into one call, as in `batcher.py`: a thread costs as much as some rows.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from baton_inference.errors import Overloaded
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.lifecycle.trips.canary_switch import CanarySwitch
from baton_inference.lifecycle.trips.trip import Trip
from baton_inference.scoring.canary_call import CanaryCall, WaitingRequest
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult

THREADS = 2
"""Threads that a canary can block: one that loops for ever ends up with all of them."""
MAX_BLOCKED = 4
"""Threads that are given up. They cannot be ended, and each holds its model in memory."""
GIVE_UP_S = 10.0
"""A call that goes on for so long after it was stopped cannot be stopped: its version trips."""
MAX_WAITING = 256
"""Requests that may wait for a thread."""
MAX_JOINED_ROWS = 64
"""Rows of a joined call. Converting more would hold the interpreter's lock for too long."""


class CanaryCalls:
    """The calls of the canary. Use it from the event loop only.

    Attributes:
        switch: turns off a canary whose call cannot be stopped, and all canaries if such calls
            block too many threads.
    """

    def __init__(self, *, threads: int = THREADS, give_up_s: float = GIVE_UP_S) -> None:
        self.switch = CanarySwitch()
        self._threads = threads
        self._give_up_s = give_up_s
        self._pool = self._make_pool()
        self._waiting: deque[WaitingRequest] = deque()
        self._running: set[CanaryCall] = set()
        self._blocked: set[CanaryCall] = set()

    @property
    def pending(self) -> int:
        """The number of requests that are accepted and not answered."""
        asked = [*self._waiting, *(each for call in self._running for each in call.asked)]
        return sum(not each.future.done() for each in asked)

    @property
    def is_busy(self) -> bool:
        """Whether a thread scores, perhaps for ever."""
        return bool(self._running or self._blocked)

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
        if self._is_stuck():
            self._replace_pool(request.version)
        if len(self._waiting) >= MAX_WAITING:
            raise Overloaded(f"version {request.version.model.version} is busy; retry later")
        loop = asyncio.get_running_loop()
        asked = WaitingRequest(request, loop.create_future())
        asked.timer = loop.call_later(deadline_s, asked.expire, deadline_s)
        if not self._waiting:
            loop.call_soon(self._start_calls)
        self._waiting.append(asked)
        return asked.future

    def close(self) -> None:
        """Stops the calls. Does not wait for the threads."""
        for call in (*self._running, *self._blocked):
            call.engine.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_stuck(self) -> bool:
        """Whether each thread is with a call that no request waits for."""
        running = self._running
        return len(running) == self._threads and all(each.is_abandoned for each in running)

    def _replace_pool(self, version: LiveVersion) -> None:
        """Gives a version new threads in place of those that other versions block for ever.

        Raises:
            Overloaded: the version blocks a thread itself, or too many are blocked.
        """
        if any(each.version.engine is version.engine for each in self._running):
            raise Overloaded(f"version {version.model.version} is busy; retry later")
        if len(self._blocked) + len(self._running) > MAX_BLOCKED:
            self.switch.closed = "models that cannot be stopped block the canary's threads; restart"
            raise Overloaded(self.switch.closed)
        self._pool.shutdown(wait=False)
        self._pool = self._make_pool()
        self._blocked |= self._running
        self._running.clear()
        asyncio.get_running_loop().call_soon(self._start_calls)

    def _make_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="canary")

    def _start_calls(self) -> None:
        """Gives the waiting requests to free threads."""
        loop = asyncio.get_running_loop()
        while len(self._running) < self._threads and (asked := self._take_asked()):
            call = CanaryCall(asked, self._watch)
            self._running.add(call)
            job = loop.run_in_executor(self._pool, call.run)
            job.add_done_callback(partial(self._finish, call))

    def _take_asked(self) -> list[WaitingRequest]:
        """Takes the requests of one call: the first one, and others that can join it."""
        taken: list[WaitingRequest] = []
        rows = 0
        while self._waiting:
            if self._waiting[0].future.done():  # its deadline has passed
                self._waiting.popleft()
                continue
            version, batch = self._waiting[0].request
            rows += batch.rows
            if taken and (rows > MAX_JOINED_ROWS or version is not taken[0].request.version):
                break
            taken.append(self._waiting.popleft())
        return taken

    def _watch(self, call: CanaryCall) -> None:
        """Gives a stopped call time to end."""
        asyncio.get_running_loop().call_later(self._give_up_s, self._trip_if_endless, call)

    def _trip_if_endless(self, call: CanaryCall) -> None:
        if call in self._running or call in self._blocked:
            self.switch.trip_without_waiting(Trip.for_endless(call.version.identity))

    def _finish(self, call: CanaryCall, job: asyncio.Future[None]) -> None:
        self._running.discard(call)
        self._blocked.discard(call)
        self.switch.closed = ""
        try:
            if not job.cancelled():
                call.resolve()
        finally:
            self._start_calls()
