"""Scores the rows of a request with the version chosen for it.

Every protocol uses it: decode, `Scorer.score`, encode.
"""

from functools import partial
from typing import NamedTuple

from baton_engine.engine import Scores
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.batcher import Batcher, score_call
from baton_inference.scoring.workers import Workers


class ScoreRequest(NamedTuple):
    """Rows to score.

    Attributes:
        version: scores all rows; chosen once for each request.
        batch: the rows.
    """

    version: LiveVersion
    batch: Batch


class ScoreResult(NamedTuple):
    """The scores of a request.

    Attributes:
        version: the version that scored the rows.
        scores: row by row, in the order of the request.
    """

    version: LiveVersion
    scores: Scores


class Scorer:
    """Scores few rows on the event loop, joined with other requests, and many rows in a thread."""

    def __init__(self, batcher: Batcher, workers: Workers) -> None:
        self._batcher = batcher
        self._workers = workers

    async def score(self, request: ScoreRequest) -> ScoreResult:
        """Scores a request. Call it from the event loop only.

        Raises:
            Overloaded: too much work is waiting; the request is not accepted.
            ModelFailure: the model failed on these rows.
        """
        version, batch = request
        if batch.rows > version.inline_rows:
            return await self._workers.run(partial(self.score_alone, request))
        scores = self._batcher.score(version, batch)
        return ScoreResult(version, scores if isinstance(scores, Scores) else await scores)

    def score_alone(self, request: ScoreRequest) -> ScoreResult:
        """Scores a request alone, in the calling thread."""
        version, batch = request
        return ScoreResult(version, score_call(version, (batch,)))
