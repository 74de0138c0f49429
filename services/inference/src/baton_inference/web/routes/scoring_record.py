"""What a scoring request leaves behind: its problem, metrics, a log line, rows to log, a pair."""

import asyncio
import time
from http import HTTPStatus

from baton_common.api_keys import ApiKey
from baton_inference.errors import (
    ClientDisconnected,
    InferenceError,
    ModelFailure,
    ShuttingDown,
)
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.predictions.logged_request import RequestFacts
from baton_inference.predictions.queue import PredictionQueue
from baton_inference.protocols.media import Headers, MediaHeaders
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.observer import MAX_ROW_BYTES, PairNote, PairObserver, SmallBody
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.telemetry.request_log import (
    CLIENT_DISCONNECTED,
    FinishedRequest,
    is_notable,
)
from baton_inference.telemetry.stack import format_stack
from baton_inference.web.access.row_source import find_routing_key, identify_source
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.problems import build_internal_problem, build_problem, find_slug
from baton_inference.web.routes.scoring_parts import ScoringParts


class ScoringRecord:
    """Explains, counts, logs and shows one scoring request. `ScoringCall` fills it.

    Attributes:
        media: the headers that describe the body.
        alias: the alias by which the version was chosen; empty if the request names its number.
    """

    __slots__ = (
        "_api_key",
        "_batch",
        "_body",
        "_body_bytes",
        "_duration_s",
        "_headers",
        "_parts",
        "_path",
        "_problem",
        "_protocol",
        "_request_id",
        "_result",
        "_rows",
        "_served",
        "_stack",
        "_started_s",
        "alias",
        "media",
    )
    _api_key: ApiKey | None
    _batch: Batch
    _body_bytes: int
    _duration_s: float
    _headers: Headers
    _result: ScoreResult

    def __init__(
        self,
        parts: ScoringParts,
        protocol: str,
        path: str,
        request_id: str,
        media: MediaHeaders,
    ) -> None:
        """Starts the clock."""
        self._started_s = time.perf_counter()
        self._served: LiveVersion | None = None
        self.alias = parts.alias
        self.media = media
        self._parts = parts
        self._protocol = protocol
        self._path = path
        self._request_id = request_id
        self._body = b""
        self._rows = 0
        self._problem = ""
        self._stack: str | None = None

    def explain(self, error: BaseException) -> Answer | None:
        """Returns the answer to a request that failed; None if its client has disconnected."""
        if isinstance(error, ClientDisconnected):
            return None
        if isinstance(error, asyncio.CancelledError):  # the server's last resort at shutdown
            return build_problem(ShuttingDown(), self._request_id, self._path)
        self.note_failure(error)
        if isinstance(error, InferenceError):
            return build_problem(error, self._request_id, self._path)
        return build_internal_problem(self._request_id, self._path)

    def note_failure(self, error: BaseException) -> None:
        """Keeps what the log says about a request that failed."""
        if isinstance(error, InferenceError):
            self._problem = find_slug(error)
        if not self._parts.log.has_room:
            return  # a stack costs more than an answer
        if isinstance(error, ModelFailure):
            self._stack = format_stack(error.__cause__ or error)
        elif not isinstance(error, InferenceError):
            self._stack = format_stack(error)

    def stop_clock(self) -> None:
        """Ends the duration of the request: the answer is complete, and not sent yet."""
        self._duration_s = time.perf_counter() - self._started_s

    def record(self, answer: Answer | None) -> None:
        """Counts and logs the request. The caller does not wait for that."""
        self.record_code(CLIENT_DISCONNECTED if answer is None else answer.status)

    def record_code(self, code: int) -> None:
        """Does what `record` does; `code` is the HTTP status, or 499 without an answer."""
        metrics, duration_s = self._parts.metrics, self._duration_s
        served = self._served or self._parts.live.production  # rejected before it was admitted
        version = served.model.version if served else ""
        metrics.count_request(self._protocol, code, version, duration_s)
        # A thread may finish after a cancellation.
        is_answered = self._rows > 0 and code == HTTPStatus.OK
        if is_answered:
            metrics.count_rows(version, self._rows)
        if is_notable(code, duration_s):
            cause = (self._problem, self._stack)
            self._parts.log.write(
                FinishedRequest(self._request_id, self._protocol, code, version, duration_s, *cause)
            )
        if is_answered:
            self._pass_on()

    def note_fallback(self, canary: LiveVersion, reason: str, stack: str | None) -> None:
        """Counts and logs that production answers in place of the canary."""
        version = canary.model.version
        self._parts.metrics.count_fallback(version)
        self._parts.log.write_fallback(self._request_id, version, reason, stack)

    def _pass_on(self) -> None:
        """Gives the answered rows to the prediction log, and to the observer of pairs."""
        parts, note = self._parts, None
        if parts.predictions is not None:
            note = self._log(parts.predictions)
        # The observer sees only versions that an alias chose.
        if parts.observer is not None and parts.live.canary is not None and self.alias:
            self._show(parts.observer, note)

    def _log(self, predictions: PredictionQueue) -> PairNote | None:
        """Adds rows to the prediction log; None if it takes none."""
        choice = predictions.sampler.choose(self._request_id, self._rows)
        if choice is None:
            return None
        key = find_routing_key(self._headers) if predictions.keeps_keys else None
        facts = RequestFacts(self._request_id, self._protocol, self.alias, key, self._body_bytes)
        return predictions.add(facts, self._batch, self._result, choice)

    def _show(self, observer: PairObserver, note: PairNote | None) -> None:
        """Shows the scored request to the observer."""
        if self._body_bytes > MAX_ROW_BYTES * self._batch.rows:
            return
        if not observer.has_room():
            return
        source = identify_source(self._headers, self._api_key)
        body = None
        if observer.needs_bodies and self._body:
            body = SmallBody(self._protocol, self._body, self.media)
        request = ScoreRequest(self._result.version, self._batch)
        observer.observe(request, self._result, source, body, note)
