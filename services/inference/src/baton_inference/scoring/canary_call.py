"""One call of the canary, and the requests that wait for it."""

import asyncio
from collections.abc import Callable, Sequence

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_inference.errors import ModelFailure
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.batcher import score_call
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult

CanaryResult = ScoreResult | ModelFailure


class WaitingRequest:
    """A request that waits for the canary."""

    __slots__ = ("call", "future", "request", "timer")
    timer: asyncio.TimerHandle

    def __init__(self, request: ScoreRequest, future: asyncio.Future[ScoreResult]) -> None:
        self.request = request
        self.future = future
        self.call: CanaryCall | None = None
        future.add_done_callback(self._drop_unstarted)

    def resolve(self, result: CanaryResult) -> None:
        """Ends the wait, unless the deadline has passed or the request was cancelled."""
        self.timer.cancel()
        if self.future.done():
            return
        if isinstance(result, ModelFailure):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)

    def expire(self, deadline_s: float) -> None:
        """Ends the wait at the deadline, unless the scores are on their way."""
        if self.call is not None and self.call.is_scored:
            return  # the event loop was late, not the canary
        if not self.future.done():
            version = self.request.version.model.version
            self.resolve(
                ModelFailure(f"version {version} did not answer within {1000 * deadline_s:.0f} ms")
            )
        if self.call is not None:
            self.call.stop_if_unneeded()

    def _drop_unstarted(self, _: asyncio.Future[ScoreResult]) -> None:
        """Frees the rows if no thread has them: the queue may keep this for long."""
        if self.call is None:
            del self.request


class CanaryCall:
    """One call of the canary for one or more requests, in a thread.

    Attributes:
        version: the canary.
        asked: the requests.
        is_scored: whether the scores are on their way.
        is_abandoned: whether no request waits for it any more, so that it was stopped.
    """

    def __init__(
        self, asked: Sequence[WaitingRequest], on_abandoned: Callable[["CanaryCall"], None]
    ) -> None:
        """Prepares the call.

        Args:
            asked: the requests.
            on_abandoned: called once it is stopped, because no request waits for it any more.
        """
        self.asked: Sequence[WaitingRequest] = asked
        self._on_abandoned = on_abandoned
        self._results: list[CanaryResult] = []
        self.version = asked[0].request.version
        self.engine = self.version.engine.make_stoppable()
        self.is_abandoned = self.is_scored = False
        for each in asked:
            each.call = self

    def stop_if_unneeded(self) -> None:
        """Stops the model if no request waits for it."""
        if not self.is_abandoned and all(each.future.done() for each in self.asked):
            self.is_abandoned = True
            self.engine.stop()
            self._on_abandoned(self)

    def resolve(self) -> None:
        """Ends the waits with the results of `run`, and forgets both.

        A request refers to its call, and an error to the frames of the thread. Only the garbage
        collector would free such cycles.
        """
        asked, self.asked = self.asked, ()
        results, self._results = self._results, []
        for each, result in zip(asked, results, strict=True):
            each.resolve(result)

    def run(self) -> None:
        """Scores all requests; if that fails, each alone, because one of them may be the cause.

        It raises nothing: whatever a model does is a failure of the model. It returns nothing,
        because an error would refer to itself by the frame of a caller that keeps the result.
        """
        requests = [each.request for each in self.asked]
        self._results = self._score(requests)
        if len(self._results) < len(requests):
            self._results = [self._score([each])[0] for each in requests]
        self.is_scored = True

    def _score(self, requests: Sequence[ScoreRequest]) -> list[CanaryResult]:
        """Returns the result of each request, or one failure."""
        try:
            return [*self._score_joined(requests)]
        except ModelFailure as failure:
            return [failure.with_traceback(None)]  # its frames refer to the call; its cause stays
        except Exception as error:  # noqa: BLE001 - an answer of a form that no model should give
            return [_build_failure(self.version, error)]

    def _score_joined(self, requests: Sequence[ScoreRequest]) -> list[ScoreResult]:
        batches = [each.batch for each in requests]
        scores = score_call(self.version, batches, self.engine)
        check_finite(self.version, scores)
        results, start = [], 0
        for batch in batches:
            end = start + batch.rows
            part = {name: values[start:end] for name, values in scores.items()}
            results.append(ScoreResult(self.version, part))
            start = end
        return results


def _build_failure(version: LiveVersion, cause: Exception) -> ModelFailure:
    failure = ModelFailure(f"version {version.model.version} failed on these rows")
    failure.__cause__ = cause
    return failure


def check_finite(version: LiveVersion, scores: Scores) -> None:
    """Raises `ModelFailure` if an output has a number that is not finite."""
    for name, values in scores.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            error = EngineError(f"the model answers with a {name} that is not finite")
            raise ModelFailure(
                f"version {version.model.version} answers with a {name} that is not finite"
            ) from error
