"""A scoring route: bytes in, bytes out, by the one version that it found in the slot."""

import asyncio
import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from baton_engine.engine import Scores
from baton_inference.errors import ClientGone, Ending, InferenceError, ModelFailure, NotReady
from baton_inference.lifecycle.slot import Served, Slot
from baton_inference.protocols.codec import Codec, Encoded
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.batcher import Batcher, score_batches
from baton_inference.scoring.targets import infer_target
from baton_inference.scoring.workers import Workers
from baton_inference.telemetry.metrics import Metrics
from baton_inference.telemetry.request_log import CLIENT_GONE, Ended, RequestLog, is_worth_a_line
from baton_inference.telemetry.stack import stack_of
from baton_inference.web.access import Access
from baton_inference.web.answers.answer import Answer, Message, Receive, Scope, Send
from baton_inference.web.answers.problems import internal_problem, problem_of, slug_of
from baton_inference.web.body import BodyReader

_ENDING = Ending("the service is ending; send this again")


@dataclass(frozen=True)
class ScoringParts:
    """What all scoring routes share.

    Attributes:
        slot: what serves.
        metrics: the counters.
        batcher: scores few rows, together with others'.
        workers: the threads for many.
        bodies: reads what comes in more than one piece, or is not small.
        log: tells of requests that did not go well.
        access: lets callers in; None where all are.
    """

    slot: Slot
    metrics: Metrics
    batcher: Batcher
    workers: Workers
    bodies: BodyReader
    log: RequestLog
    access: Access | None = None


class ScoringRoute:
    """One protocol's scoring route, as a bare ASGI endpoint."""

    def __init__(self, protocol: str, parts: ScoringParts) -> None:
        self._protocol = protocol
        self._slot = parts.slot
        self._metrics = parts.metrics
        self._batcher = parts.batcher
        self._workers = parts.workers
        self._bodies = parts.bodies
        self._access = parts.access
        self._log = parts.log

    async def handle(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """Answers one POST."""
        started_s = time.perf_counter()
        served = self._slot.served
        answer, rows = None, 0
        problem, stack = "", None
        try:
            answer, rows = await self._score(scope, receive, served)
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

    def codec_for(self, path: str, served: Served) -> Codec[Any]:  # noqa: ARG002
        """The codec for a request to this path."""
        return served.codecs[self._protocol]

    async def _score(
        self, scope: Scope, receive: Receive, served: Served | None
    ) -> tuple[Answer, int]:
        """The answer, and how many rows were scored."""
        if self._access is not None:
            self._access.check(scope["path"], scope["headers"])
        if served is None:
            raise NotReady("no model is being served yet; GET /status says why")
        codec = self.codec_for(scope["path"], served)
        media = MediaHeaders(scope["headers"])
        media.check(codec.media_types)
        self._bodies.check_length(media)
        first = await receive()
        body = self._bodies.small(first, media)
        if body is None:
            return await self._score_large(served, codec, media, first, receive)
        batch = codec.decode(body, media)
        if batch.rows > served.inline_rows:
            scores = await self._workers.run(partial(score_batches, served, codec, (batch,)))
        else:
            scored = self._batcher.score(served, codec, batch)
            scores = scored if isinstance(scored, Scores) else await scored
        return _answer(served, codec.encode(scores, batch)), batch.rows

    async def _score_large(
        self,
        served: Served,
        codec: Codec[Any],
        media: MediaHeaders,
        first: Message,
        receive: Receive,
    ) -> tuple[Answer, int]:
        """As `_score`, from the first message on; the body is decoded in a thread, too."""
        with self._bodies.share() as share:
            body = await self._bodies.rest(first, receive, media, share)
            rows, encoded = await self._workers.run(partial(_scored, served, codec, media, body))
        return _answer(served, encoded), rows


class InferRoute(ScoringRoute):
    """A scoring route whose path names the model, and may name the version."""

    def codec_for(self, path: str, served: Served) -> Codec[Any]:
        """The codec; raises `NotServed` where the path names what is not served."""
        target = infer_target(path)
        if target is not None:
            target.check(served)
        return super().codec_for(path, served)


def _answer(served: Served, encoded: Encoded) -> Answer:
    headers = (*served.headers, *encoded.headers)
    return Answer(200, encoded.body, encoded.media_type, headers)


def _scored(
    served: Served, codec: Codec[Any], media: MediaHeaders, body: bytes
) -> tuple[int, Encoded]:
    """How many rows, and the answer: from the body on."""
    batch = codec.decode(body, media)
    return batch.rows, codec.encode(score_batches(served, codec, (batch,)), batch)
