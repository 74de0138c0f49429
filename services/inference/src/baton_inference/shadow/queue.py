"""The queue of answered rows, between the event loop and the shadow."""

import random
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from baton_engine.engine import Scores
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.observer import PairNote, RowSource, SmallBody
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.shadow.rows.cells import copy_row, take_row

MAX_WAITING_ROWS = 64
"""A full batch. Keeping more objects alive costs throughput: docs/decisions/029-shadow.md."""


class Sample(NamedTuple):
    """One row of a request, and its answer.

    Attributes:
        version: the version that answered.
        batch: the row, by the schema of that version.
        scores: the answer to it, each output of shape `[1, …]`.
        source: tells callers apart.
        body: the body of the request, if its decoded rows may lack what the other version reads.
        number: the number of the row in the body.
        note: takes the answer of the other version, if it is wanted.
    """

    version: LiveVersion
    batch: Batch
    scores: Scores
    source: RowSource
    body: SmallBody | None = None
    number: int = 0
    note: PairNote | None = None


class SampleQueue:
    """Takes one row of each answered request. It drops rows if it is full, and never waits.

    The event loop adds, one thread takes. See `PairObserver`.

    Attributes:
        dropped: the rows that found the queue full.
        needs_bodies: see `PairObserver`. The thread sets it.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self.needs_bodies = False
        self._samples: deque[Sample] = deque()

    def has_room(self) -> bool:
        """Whether a row can wait. If not, counts it as dropped."""
        if len(self._samples) < MAX_WAITING_ROWS:
            return True
        self.dropped += 1
        return False

    def observe(
        self,
        request: ScoreRequest,
        result: ScoreResult,
        source: RowSource,
        body: SmallBody | None = None,
        note: PairNote | None = None,
    ) -> None:
        """Adds one row of the request; a lot decides which. Call it after `has_room`."""
        batch, scores, index = request.batch, result.scores, 0
        if batch.rows > 1:  # a request is one witness, however many rows it has
            index = random.randrange(batch.rows)  # noqa: S311 - guards nothing
            batch, scores = take_row(batch, index), copy_row(scores, index)
        self._samples.append(Sample(result.version, batch, scores, source, body, index, note))

    def take(self) -> Iterator[Sample]:
        """Takes the rows that wait, the oldest first."""
        while self._samples:
            yield self._samples.popleft()

    def clear(self) -> None:
        """Forgets the rows that wait."""
        self._samples.clear()

    def __len__(self) -> int:
        """The number of rows that wait."""
        return len(self._samples)
