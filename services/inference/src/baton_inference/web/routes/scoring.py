"""A scoring route: decode, score and encode with one live version."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from baton_inference.errors import (
    ClientDisconnected,
    InferenceError,
    ModelFailure,
    NotReady,
    ShuttingDown,
)
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.codec import Codec, EncodedAnswer
from baton_inference.protocols.media import MediaHeaders
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
from baton_inference.web.answers.answer import Answer, Message, Receive, Scope, Send
from baton_inference.web.answers.problems import build_internal_problem, build_problem, find_slug
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.body import BodyReader

_SHUTTING_DOWN = ShuttingDown("the service is shutting down; send the request again")


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


class ScoringRoute:
    """One protocol's scoring route, as a bare ASGI endpoint."""

    def __init__(self, protocol: str, parts: ScoringParts) -> None:
        self._protocol = protocol
        self._live = parts.live
        self._metrics = parts.metrics
        self._scorer = parts.scorer
        self._pools = parts.pools
        self._bodies = parts.bodies
        self._access = parts.access
        self._log = parts.log

    async def handle(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        request_id: str,
        requested: RequestedVersion | None,
    ) -> None:
        """Answers one POST; `requested` is the model and version in its path."""
        started_s = time.perf_counter()
        served = self._live.production
        answer, rows = None, 0
        problem, stack = "", None
        try:
            answer, rows = await self._score(scope, receive, served, requested)
        except ClientDisconnected:
            pass
        except asyncio.CancelledError:  # the server's last resort at shutdown
            answer = build_problem(_SHUTTING_DOWN, request_id, scope["path"])
        except InferenceError as error:
            problem = find_slug(error)
            if isinstance(error, ModelFailure):
                stack = format_stack(error.__cause__ or error)
            answer = build_problem(error, request_id, scope["path"])
        except Exception as error:  # noqa: BLE001 - the client always gets an answer
            stack = format_stack(error)
            answer = build_internal_problem(request_id, scope["path"])
        duration_s = time.perf_counter() - started_s
        try:
            if answer is not None:
                await answer.send(scope, send, request_id)
        finally:  # the caller does not wait for metrics and logs
            code = CLIENT_DISCONNECTED if answer is None else answer.status
            version = served.model.version if served else ""
            self._metrics.count_request(self._protocol, code, version, duration_s)
            if rows:
                self._metrics.count_rows(version, rows)
            if is_notable(code, duration_s):
                cause = (problem, stack)
                self._log.write(
                    RequestOutcome(request_id, self._protocol, code, version, duration_s, *cause)
                )

    async def _score(
        self,
        scope: Scope,
        receive: Receive,
        served: LiveVersion | None,
        requested: RequestedVersion | None,
    ) -> tuple[Answer, int]:
        """Returns the answer and the number of scored rows."""
        if self._access is not None:
            self._access.check(scope["path"], scope["headers"])
        if served is None:
            raise NotReady
        if requested is not None:
            requested.check(served)
        codec: Codec[Any] = served.codecs[self._protocol]
        media = MediaHeaders(scope["headers"])
        media.check(codec.media_types)
        self._bodies.check_length(media)
        first = await receive()
        body = self._bodies.get_small_body(first, media)
        if body is None:
            return await self._score_large(served, codec, media, first, receive)
        batch = codec.decode(body, media)
        result = self._scorer.score(ScoreRequest(served, batch))
        if not isinstance(result, ScoreResult):
            result = await result
        return _build_answer(result.version, codec.encode(result.scores, batch)), batch.rows

    async def _score_large(
        self,
        served: LiveVersion,
        codec: Codec[Any],
        media: MediaHeaders,
        first: Message,
        receive: Receive,
    ) -> tuple[Answer, int]:
        """Continues `_score` after the first message; a thread decodes the body, too."""
        with self._bodies.open_share() as share:
            body = await self._bodies.read_rest(first, receive, media, share)
            job = partial(self._score_body, served, codec, media, body)
            workers = self._pools.columnar if media.is_columnar_body else self._pools.rows
            return await workers.run(job)

    def _score_body(
        self, served: LiveVersion, codec: Codec[Any], media: MediaHeaders, body: bytes
    ) -> tuple[Answer, int]:
        """Decodes, scores and encodes in the caller's thread."""
        batch = codec.decode(body, media)
        result = self._scorer.score_alone(ScoreRequest(served, batch))
        return _build_answer(result.version, codec.encode(result.scores, batch)), batch.rows


def _build_answer(version: LiveVersion, encoded: EncodedAnswer) -> Answer:
    headers = build_version_headers(version.model.name, version.model.version)
    if encoded.headers:
        headers = (*headers, *encoded.headers)
    return Answer(200, encoded.body, encoded.media_type, headers)
