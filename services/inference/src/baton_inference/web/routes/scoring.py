"""A scoring route: decode, score, encode, all by the one version that it found live."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from baton_inference.errors import ClientGone, Ending, InferenceError, ModelFailure, NotReady
from baton_inference.lifecycle.live_versions import LiveVersion, LiveVersions
from baton_inference.protocols.codec import Codec, EncodedAnswer
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.scorer import Scorer, ScoreRequest
from baton_inference.scoring.targets import Target
from baton_inference.scoring.workers import Pools
from baton_inference.telemetry.metrics import Metrics
from baton_inference.telemetry.request_log import CLIENT_GONE, Ended, RequestLog, is_worth_a_line
from baton_inference.telemetry.stack import stack_of
from baton_inference.web.access import Access
from baton_inference.web.answers.answer import Answer, Message, Receive, Scope, Send
from baton_inference.web.answers.problems import internal_problem, problem_of, slug_of
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.body import BodyReader

_ENDING = Ending("the service is ending; send this again")


@dataclass(frozen=True)
class ScoringParts:
    """What all scoring routes share.

    Attributes:
        live: the versions that can answer.
        metrics: the counters.
        scorer: scores rows.
        pools: the threads for large bodies.
        bodies: reads what comes in more than one piece, or is not small.
        log: tells of requests that did not go well.
        access: lets callers in; None where all are.
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
        target: Target | None = None,
    ) -> None:
        """Answers one POST; `target` is what its path asks for."""
        started_s = time.perf_counter()
        served = self._live.production
        answer, rows = None, 0
        problem, stack = "", None
        try:
            answer, rows = await self._score(scope, receive, served, target)
        except ClientGone:
            pass
        except asyncio.CancelledError:  # the server's last resort when it ends
            answer = problem_of(_ENDING, request_id, scope["path"])
        except InferenceError as error:
            problem = slug_of(error)
            if isinstance(error, ModelFailure):
                stack = stack_of(error.__cause__ or error)
            answer = problem_of(error, request_id, scope["path"])
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            stack = stack_of(error)
            answer = internal_problem(request_id, scope["path"])
        duration_s = time.perf_counter() - started_s
        try:
            if answer is not None:
                await answer.send(scope, send, request_id)
        finally:  # the caller need not wait for the book-keeping
            code = CLIENT_GONE if answer is None else answer.status
            version = served.model.version if served else ""
            self._metrics.count_request(self._protocol, code, version, duration_s)
            if rows:
                self._metrics.count_rows(version, rows)
            if is_worth_a_line(code, duration_s):
                self._log.write(
                    Ended(request_id, self._protocol, code, version, duration_s, problem, stack)
                )

    async def _score(
        self, scope: Scope, receive: Receive, served: LiveVersion | None, target: Target | None
    ) -> tuple[Answer, int]:
        """The answer, and how many rows were scored."""
        if self._access is not None:
            self._access.check(scope["path"], scope["headers"])
        if served is None:
            raise NotReady
        if target is not None:
            target.check(served)
        codec: Codec[Any] = served.codecs[self._protocol]
        media = MediaHeaders(scope["headers"])
        media.check(codec.media_types)
        self._bodies.check_length(media)
        first = await receive()
        body = self._bodies.small(first, media)
        if body is None:
            return await self._score_large(served, codec, media, first, receive)
        batch = codec.decode(body, media)
        result = await self._scorer.score(ScoreRequest(served, batch))
        return _answer(result.version, codec.encode(result.scores, batch)), batch.rows

    async def _score_large(
        self,
        served: LiveVersion,
        codec: Codec[Any],
        media: MediaHeaders,
        first: Message,
        receive: Receive,
    ) -> tuple[Answer, int]:
        """As `_score`, from the first message on; the body is decoded in a thread, too."""
        with self._bodies.share() as share:
            body = await self._bodies.rest(first, receive, media, share)
            job = partial(self._score_body, served, codec, media, body)
            workers = self._pools.columnar if media.is_columnar_body else self._pools.rows
            return await workers.run(job)

    def _score_body(
        self, served: LiveVersion, codec: Codec[Any], media: MediaHeaders, body: bytes
    ) -> tuple[Answer, int]:
        """All of it in the caller's thread, from the body on."""
        batch = codec.decode(body, media)
        result = self._scorer.score_here(ScoreRequest(served, batch))
        return _answer(result.version, codec.encode(result.scores, batch)), batch.rows


def _answer(version: LiveVersion, encoded: EncodedAnswer) -> Answer:
    named = build_version_headers(version.model.name, version.model.version)
    return Answer(200, encoded.body, encoded.media_type, (*named, *encoded.headers))
