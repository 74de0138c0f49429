"""One scoring request, and the steps that every way of answering it shares.

`routes/scoring.py` answers as an ASGI application, `routes/direct.py` without ASGI, and
`grpc/infer.py` over gRPC. All check, score, explain failures, count and log with the methods of
this class.
"""

import asyncio
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from baton_inference.errors import (
    ClientDisconnected,
    InferenceError,
    ModelFailure,
    NotReady,
    ShuttingDown,
)
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.codec import Codec
from baton_inference.protocols.media import Headers, MediaHeaders
from baton_inference.scoring.batch import Batch
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.scoring.scorer import Scorer
from baton_inference.scoring.workers import Pools
from baton_inference.telemetry.metrics import Metrics
from baton_inference.telemetry.request_log import (
    CLIENT_DISCONNECTED,
    RequestLog,
    RequestOutcome,
    is_notable,
)
from baton_inference.telemetry.stack import format_stack
from baton_inference.web.access import Access
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.problems import build_internal_problem, build_problem, find_slug
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.body import BodyReader


@dataclass(frozen=True)
class ScoringParts:
    """The parts that all scoring routes share.

    Attributes:
        live: the versions that can answer.
        metrics: the counters.
        scorer: scores rows.
        pools: the threads for large bodies.
        bodies: reads bodies that are large or arrive in several pieces.
        log: logs requests that failed or were slow.
        access: checks API keys; None without authentication.
    """

    live: LiveVersions
    metrics: Metrics
    scorer: Scorer
    pools: Pools
    bodies: BodyReader
    log: RequestLog
    access: Access | None = None

    def check_key(self, path: str, headers: Headers) -> None:
        """Checks the API key of a request. Raises `Unauthenticated` or `Forbidden`."""
        if self.access is not None:
            self.access.check(path, headers)


class ScoringCall:
    """One POST to a scoring path, from its head to its answer.

    Attributes:
        media: the headers that describe the body.
    """

    __slots__ = (
        "_batch",
        "_codec",
        "_duration_s",
        "_parts",
        "_path",
        "_problem",
        "_protocol",
        "_request_id",
        "_rows",
        "_served",
        "_stack",
        "_started_s",
        "_version",
        "media",
    )
    _batch: Batch
    _codec: Codec[Any]
    _duration_s: float
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
        self._served = parts.live.production
        self.media = media
        self._parts = parts
        self._protocol = protocol
        self._path = path
        self._request_id = request_id
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
        self._parts.check_key(self._path, headers)
        self.choose_version(requested)
        self.media.check(self._codec.media_types)
        self._parts.bodies.check_length(self.media)

    def choose_version(self, requested: RequestedVersion | None) -> None:
        """The part of `admit` that chooses the version. Raises `NotReady` or `NotServed`."""
        served = self._served
        if served is None:
            raise NotReady
        if requested is not None:
            requested.check(served)
        self._codec = served.codecs[self._protocol]
        self._version = served

    def decode(self, body: Any) -> ScoreRequest:
        """Decodes the body of an admitted request. Raises the errors of `Codec.decode`."""
        self._batch = self._codec.decode(body, self.media)
        return ScoreRequest(self._version, self._batch)

    def score_alone(self, body: Any) -> Answer:
        """Decodes, scores and encodes in the calling thread. Raises as `score` does."""
        return self.encode(self._parts.scorer.score_alone(self.decode(body)))

    def score(self, body: Any) -> ScoreResult | Awaitable[ScoreResult]:
        """Decodes a small body and scores it. Call it from the event loop only.

        Raises:
            InferenceError: the rows are rejected, too much work waits, or the model failed.
        """
        return self._parts.scorer.score(self.decode(body))

    def encode(self, result: ScoreResult) -> Answer:
        """Encodes the scores."""
        version, scores = result
        encoded = self._codec.encode(scores, self._batch)
        headers = build_version_headers(version.model.name, version.model.version)
        if encoded.headers:
            headers = (*headers, *encoded.headers)
        self._rows = self._batch.rows
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
