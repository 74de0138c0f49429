"""The queue of answered rows, between the event loop and the prediction log's thread."""

from collections import deque
from collections.abc import Iterator

from baton_inference.lifecycle.clock import Clock
from baton_inference.predictions.logged_request import LoggedRequest, RequestFacts, keep_rows
from baton_inference.predictions.sampler import Choice, Sampler
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.score_request import ScoreResult

MAX_WAITING_ROWS = 20_000
MAX_WAITING_BYTES = 32 * 2**20
"""More do not wait: they are dropped and counted."""
MANY_ROWS, MANY_BYTES = MAX_WAITING_ROWS // 4, MAX_WAITING_BYTES // 4
"""If more wait, the oldest leave early. The rest of the queue is for a disk that is slow."""


class PredictionQueue:
    """Takes rows of answered requests. It drops rows if it is full, and never waits.

    The event loop adds, one thread takes. Each number has one writer.

    Attributes:
        sampler: chooses the rows.
        dropped: rows that found the queue full.
        keeps_keys: whether routing keys are logged.
    """

    def __init__(self, sampler: Sampler, clock: Clock, *, keeps_keys: bool = False) -> None:
        """Starts empty."""
        self.sampler = sampler
        self.dropped = 0
        self.keeps_keys = keeps_keys
        self._clock = clock
        self._requests: deque[tuple[float, LoggedRequest]] = deque()
        self._added_rows = self._taken_rows = 0
        self._added_bytes = self._taken_bytes = 0

    def add(
        self, facts: RequestFacts, batch: Batch, result: ScoreResult, choice: Choice
    ) -> LoggedRequest | None:
        """Adds the chosen rows of a request; returns them, or None if they do not fit.

        Args:
            facts: what the log says about the request.
            batch: all of its rows, by the schema of the version that answered.
            result: all scores.
            choice: which of them are kept: the sampler's choice.
        """
        time_us = round(self._clock.posix_s() * 1e6)
        request = keep_rows(facts, time_us, batch, result, choice)
        rows = request.batch.rows
        is_full = (
            self.waiting_rows + rows > MAX_WAITING_ROWS
            or self.waiting_bytes + request.size > MAX_WAITING_BYTES
        )
        if is_full:
            self.dropped += rows
            return None
        self._added_rows += rows
        self._added_bytes += request.size
        self._requests.append((self._clock.steady_s(), request))
        return request

    def take(self, age_s: float = 0.0) -> Iterator[LoggedRequest]:
        """Takes the requests that wait, the oldest first; each only when it is iterated to.

        Args:
            age_s: younger requests are taken only as long as many rows wait.
        """
        latest_s = self._clock.steady_s() - age_s
        for _ in range(len(self._requests)):
            added_s, request = self._requests[0]
            if added_s > latest_s and not self.has_many:
                return
            self._requests.popleft()
            self._taken_rows += request.batch.rows
            self._taken_bytes += request.size
            yield request

    @property
    def has_many(self) -> bool:
        """Whether more rows wait than should."""
        return self.waiting_rows > MANY_ROWS or self.waiting_bytes > MANY_BYTES

    @property
    def waiting_rows(self) -> int:
        """The number of rows that wait."""
        return self._added_rows - self._taken_rows

    @property
    def waiting_bytes(self) -> int:
        """About the bytes that they take."""
        return self._added_bytes - self._taken_bytes
