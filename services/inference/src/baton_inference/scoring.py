"""A scoring route: bytes in, bytes out, by the one version that it found in the slot."""

import asyncio
import time
from typing import Any

import structlog

from baton_inference.answer import Answer, Receive, Scope, Send
from baton_inference.body import BodyReader
from baton_inference.codecs.codec import Batch, Codec, Encoded
from baton_inference.errors import ClientGone, Ending, InferenceError, ModelFailure, NotReady
from baton_inference.media import MediaHeaders
from baton_inference.metrics import Metrics
from baton_inference.problems import internal_problem, problem_of
from baton_inference.slot import Served, Slot
from baton_inference.stack import stack_of
from baton_inference.targets import infer_target
from baton_inference.workers import Workers

MAX_INLINE_BYTES = 16 * 1024
"""A larger body is decoded in a thread: this much takes a few tenths of a millisecond."""
CLIENT_GONE = 499
"""What metrics count where nobody was left to answer, as nginx does."""

_ENDING = Ending("the service is ending; send this again")

log = structlog.get_logger("baton.scoring")


class ScoringRoute:
    """One protocol's scoring route, as a bare ASGI endpoint."""

    def __init__(
        self, protocol: str, slot: Slot, metrics: Metrics, workers: Workers, bodies: BodyReader
    ) -> None:
        self._protocol = protocol
        self._slot = slot
        self._metrics = metrics
        self._workers = workers
        self._bodies = bodies

    async def handle(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        """Answers one POST."""
        started_s = time.perf_counter()
        served = self._slot.served
        code, answer = CLIENT_GONE, None
        try:
            answer = await self._score(scope, receive, served)
            code = answer.status
        except ClientGone:
            pass
        except asyncio.CancelledError:  # the server's last resort when it ends
            answer = problem_of(_ENDING, request_id, scope["path"])
            code = answer.status
        except InferenceError as error:
            if isinstance(error, ModelFailure):
                _log_failure(error.__cause__ or error, request_id, served)
            answer = problem_of(error, request_id, scope["path"])
            code = answer.status
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log_failure(error, request_id, served)
            answer = internal_problem(request_id, scope["path"])
            code = answer.status
        finally:
            version = served.model.version if served else ""
            duration_s = time.perf_counter() - started_s
            self._metrics.count_request(self._protocol, code, version, duration_s)
        if answer is not None:
            await answer.send(send, request_id)

    def codec_for(self, path: str, served: Served) -> Codec[Any]:  # noqa: ARG002
        """The codec for a request to this path."""
        return served.codecs[self._protocol]

    async def _score(self, scope: Scope, receive: Receive, served: Served | None) -> Answer:
        if served is None:
            raise NotReady("no model is being served yet; GET /status says why")
        codec = self.codec_for(scope["path"], served)
        media = MediaHeaders(scope["headers"])
        media.check(codec.media_types)
        with self._bodies.share() as share:
            body = await self._bodies.read(receive, media, share)
            rows, encoded = await self._compute(served, codec, media, body)
        self._metrics.count_rows(served.model.version, rows)
        headers = (*served.headers, *encoded.headers)
        return Answer(200, encoded.body, encoded.media_type, headers)

    async def _compute(
        self, served: Served, codec: Codec[Any], media: MediaHeaders, body: bytes
    ) -> tuple[int, Encoded]:
        """How many rows, and the body of the answer: here if that is quick, else in a thread."""
        if len(body) > MAX_INLINE_BYTES:
            return await self._workers.run(
                lambda: _answer(served, codec, codec.decode(body, media))
            )
        batch = codec.decode(body, media)
        if batch.rows > served.inline_rows:
            return await self._workers.run(lambda: _answer(served, codec, batch))
        return _answer(served, codec, batch)


class InferRoute(ScoringRoute):
    """A scoring route whose path names the model, and may name the version."""

    def codec_for(self, path: str, served: Served) -> Codec[Any]:
        """The codec; raises `NotServed` where the path names what is not served."""
        target = infer_target(path)
        if target is not None:
            target.check(served)
        return super().codec_for(path, served)


def _answer(served: Served, codec: Codec[Any], batch: Batch) -> tuple[int, Encoded]:
    try:
        scores = served.engine.score(batch.columns)
    except Exception as error:
        version = served.model.version
        raise ModelFailure(
            f"version {version} failed on these rows; the service's log says more, under this"
            " request's id"
        ) from error
    return batch.rows, codec.encode(scores, batch)


def _log_failure(error: BaseException, request_id: str, served: Served | None) -> None:
    version = served.model.version if served else None
    log.error("scoring failed", request_id=request_id, version=version, stack=stack_of(error))
