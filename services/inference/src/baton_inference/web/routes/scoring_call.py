"""One scoring request, and the steps that every way of answering it shares.

`routes/scoring.py` answers as an ASGI application, `routes/direct.py` without ASGI, and
`grpc/infer.py` over gRPC. All check, score, explain failures, count and log with the methods of
this class.
"""

import asyncio
import time
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

from baton_inference.errors import (
    ClientDisconnected,
    InferenceError,
    ModelFailure,
    NotReady,
    ShuttingDown,
)
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.codec import Codec
from baton_inference.protocols.media import Headers, MediaHeaders
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.observer import (
    MAX_BODY_BYTES,
    MAX_ROW_BYTES,
    PairObserver,
    SmallBody,
)
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.telemetry.request_log import (
    CLIENT_DISCONNECTED,
    RequestOutcome,
    is_notable,
)
from baton_inference.telemetry.stack import format_stack
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.problems import build_internal_problem, build_problem, find_slug
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.routes.canary_answer import answer_by_canary, run_here
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.row_source import find_routing_key, identify_source
from baton_registry.api_keys import ApiKey


class ScoringCall:
    """One POST to a scoring path, from its head to its answer.

    Attributes:
        media: the headers that describe the body.
        production: the version in production when the request was admitted.
        canary: the canary that should answer the request; None if production should.
        alias: the alias by which the version was chosen; empty if it is asked for by its number.
    """

    __slots__ = (
        "_api_key",
        "_batch",
        "_body",
        "_body_bytes",
        "_codec",
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
        "_version",
        "alias",
        "canary",
        "media",
        "production",
    )
    _api_key: ApiKey | None
    _batch: Batch
    _body_bytes: int
    _codec: Codec[Any]
    _duration_s: float
    _headers: Headers
    _result: ScoreResult
    _version: LiveVersion

    def __init__(
        self,
        parts: ScoringParts,
        protocol: str,
        path: str,
        request_id: str,
        media: MediaHeaders,
    ) -> None:
        """Starts the clock, and chooses the version."""
        self._started_s = time.perf_counter()
        self.production = self._served = parts.live.production
        self.canary: LiveVersion | None = None
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

    def admit(self, headers: Headers, requested: RequestedVersion | None) -> None:
        """Checks everything but the body.

        Args:
            headers: of the request, with names in lower case.
            requested: the model and version in its path.

        Raises:
            InferenceError: the request is rejected, or no version serves.
        """
        parts = self._parts
        # A message of gRPC may have arrived long after the call began.
        production = self.production = self._served = parts.live.production
        self._api_key = None
        if parts.access is not None:  # else not even a call
            self._api_key = parts.check_key(self._path, headers)
        if production is None:
            raise NotReady
        self._headers = headers
        if requested is not None:
            chosen = requested.choose(production, parts.live.canary)
            if requested.version is not None:
                self.alias = ""
                if chosen is not production:
                    self.canary = chosen
        route = parts.live.route
        if route is not None and self.alias and route.takes(self._find_key()):
            self.canary, self.alias = route.version, route.alias
        self._version = production
        self._codec = production.codecs[self._protocol]
        self.media.check(self._codec.media_types)
        parts.bodies.check_length(self.media)

    def use(self, version: LiveVersion) -> None:
        """Chooses the version that answers, and whose codec decodes and encodes."""
        self._version = self._served = version
        self._codec = version.codecs[self._protocol]

    def decode(self, body: bytes) -> ScoreRequest:
        """Decodes the body of an admitted request. Raises the errors of `Codec.decode`."""
        self._batch = self._codec.decode(body, self.media)
        self._body_bytes = len(body)
        if self._body_bytes <= MAX_BODY_BYTES:
            self._body = body
        return ScoreRequest(self._version, self._batch)

    def score(self, body: bytes) -> ScoreResult | Awaitable[ScoreResult | Answer]:
        """Decodes a small body and scores it. Call it from the event loop only.

        Returns:
            The scores, or the answer of a request that the canary should answer.

        Raises:
            InferenceError: the rows are rejected, too much work waits, or the model failed.
        """
        if self.canary is not None:
            return answer_by_canary(self, self._parts, body, run_here)
        return self._parts.scorer.score(self.decode(body))

    def encode(self, result: ScoreResult) -> Answer:
        """Encodes the scores."""
        version, scores = result
        encoded = self._codec.encode(scores, self._batch)
        headers = build_version_headers(version.model.name, version.model.version, self.alias)
        if encoded.headers:
            headers = (*headers, *encoded.headers)
        self._rows = self._batch.rows
        self._result = result
        return Answer(200, encoded.body, encoded.media_type, headers)

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
        version = self._served.model.version if self._served else ""
        metrics.count_request(self._protocol, code, version, duration_s)
        if self._rows and code == HTTPStatus.OK:  # a thread may finish after a cancellation
            metrics.count_rows(version, self._rows)
        if is_notable(code, duration_s):
            cause = (self._problem, self._stack)
            self._parts.log.write(
                RequestOutcome(self._request_id, self._protocol, code, version, duration_s, *cause)
            )
        observer = self._parts.observer
        if observer is not None and self._parts.live.canary is not None and self._is_paired(code):
            self._show(observer)

    def note_fallback(self, canary: LiveVersion, reason: str, stack: str | None) -> None:
        """Counts and logs that production answers in place of the canary."""
        version = canary.model.version
        self._parts.metrics.count_fallback(version)
        self._parts.log.write_fallback(self._request_id, version, reason, stack)

    def _show(self, observer: PairObserver) -> None:
        """Shows the scored request to the observer."""
        if self._body_bytes > MAX_ROW_BYTES * self._batch.rows:
            return
        if not observer.has_room():
            return
        source = identify_source(self._headers, self._api_key)
        body = None
        if observer.needs_bodies and self._body:
            body = SmallBody(self._protocol, self._body, self.media)
        request = ScoreRequest(self._version, self._batch)
        observer.observe(request, self._result, source, body)

    def _find_key(self) -> bytes:
        """Returns what decides between canary and production."""
        return find_routing_key(self._headers) or self._request_id.encode()

    def _is_paired(self, code: int) -> bool:
        """Whether the rows were scored by a version that an alias chose."""
        return bool(self._rows) and code == HTTPStatus.OK and bool(self.alias)
