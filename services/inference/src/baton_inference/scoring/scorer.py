"""Scores the rows of a request with the version chosen for it.

Every protocol uses it: decode, `Scorer.score`, encode.
"""

from collections.abc import Awaitable
from functools import partial

from baton_inference.scoring.batcher import Batcher, score_call
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.scoring.workers import Workers


class Scorer:
    """Scores few rows on the event loop, joined with other requests, and many rows in a thread."""

    def __init__(self, batcher: Batcher, workers: Workers) -> None:
        self._batcher = batcher
        self._workers = workers

    def score(self, request: ScoreRequest) -> ScoreResult | Awaitable[ScoreResult]:
        """Scores a request. Call it from the event loop only.

        A lone request of few rows has its result at once, without the cost of a coroutine.

        Raises:
            Overloaded: too much work is waiting; the request is not accepted.
            ModelFailure: the model failed on these rows.
        """
        if request.batch.rows > request.version.inline_rows:
            return self._workers.run(partial(self.score_alone, request))
        return self._batcher.score(request)

    def score_alone(self, request: ScoreRequest) -> ScoreResult:
        """Scores a request alone, in the calling thread."""
        version, batch = request
        return ScoreResult(version, score_call(version, (batch,)))
