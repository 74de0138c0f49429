"""A scoring route: bytes in, bytes out, by the one version that it found in the slot."""

import asyncio
import time

import structlog

from baton_inference.answer import Answer, Receive, Scope, Send
from baton_inference.body import BodyReader
from baton_inference.codecs.codec import Batch, Codec
from baton_inference.errors import ClientGone, Ending, InferenceError, ModelFailure, NotReady
from baton_inference.media import MediaHeaders
from baton_inference.metrics import Metrics
from baton_inference.problems import internal_problem, problem_of
from baton_inference.slot import Served, Slot
from baton_inference.stack import stack_of
from baton_inference.workers import Workers

MAX_INLINE_BYTES = 16 * 1024
"""A larger body is decoded in a thread: this much takes a few tenths of a millisecond."""
CLIENT_GONE = 499
"""What metrics count where nobody was left to answer, as nginx does."""

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
            answer = problem_of(Ending("the service is ending; send this again"), request_id)
            code = answer.status
        except InferenceError as error:
            if isinstance(error, ModelFailure):
                _log_failure(error.__cause__ or error, request_id, served)
            answer = problem_of(error, request_id)
            code = answer.status
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            _log_failure(error, request_id, served)
            answer = internal_problem(request_id)
            code = answer.status
        finally:
            version = served.model.version if served else ""
            duration_s = time.perf_counter() - started_s
            self._metrics.count_request(self._protocol, code, version, duration_s)
        if answer is not None:
            await answer.send(send, request_id)

    async def _score(self, scope: Scope, receive: Receive, served: Served | None) -> Answer:
        if served is None:
            raise NotReady("no model is being served yet; GET /status says why")
        codec = served.codecs[self._protocol]
        media = MediaHeaders(scope["headers"])
        media.check(codec.media_types)
        with self._bodies.share() as share:
            body = await self._bodies.read(receive, media, share)
            rows, answered = await self._compute(served, codec, body)
        self._metrics.count_rows(served.model.version, rows)
        return Answer(200, answered, headers=served.headers)

    async def _compute(self, served: Served, codec: Codec, body: bytes) -> tuple[int, bytes]:
        """How many rows, and the body of the answer: here if that is quick, else in a thread."""
        if len(body) > MAX_INLINE_BYTES:
            return await self._workers.run(lambda: _answer(served, codec, codec.decode(body)))
        batch = codec.decode(body)
        if batch.rows > served.inline_rows:
            return await self._workers.run(lambda: _answer(served, codec, batch))
        return _answer(served, codec, batch)


def _answer(served: Served, codec: Codec, batch: Batch) -> tuple[int, bytes]:
    try:
        scores = served.engine.score(batch.columns)
    except Exception as error:
        version = served.model.version
        raise ModelFailure(
            f"version {version} failed on these rows; the service's log says more, under this"
            " request's id"
        ) from error
    return batch.rows, codec.encode(scores)


def _log_failure(error: BaseException, request_id: str, served: Served | None) -> None:
    version = served.model.version if served else None
    log.error("scoring failed", request_id=request_id, version=version, stack=stack_of(error))
