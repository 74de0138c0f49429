"""`ModelInfer`: one scoring request over gRPC, with the steps of `routes/scoring_call.py`."""

import asyncio
from functools import partial

from baton_inference.errors import ClientDisconnected, Overloaded
from baton_inference.protocols.media import Headers, MediaHeaders
from baton_inference.protocols.v2_grpc.messages import read_requested
from baton_inference.protocols.v2_grpc.protocol import V2_GRPC
from baton_inference.scoring.score_request import ScoreResult
from baton_inference.web.answers.answer import Answer
from baton_inference.web.grpc.failures import Context, Failure, build_failure
from baton_inference.web.grpc.metadata import read_metadata, write_metadata
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.scoring import score_in_place
from baton_inference.web.routes.scoring_call import ScoringCall
from baton_inference.web.routes.scoring_parts import ScoringParts

SCORING_PATH = "/v2"
"""An HTTP path that needs the same API key."""
MAX_OPEN_CALLS = 1024
"""Open calls, of all connections. Each may hold a message of the maximum size."""
MESSAGE_S = 30.0
"""Time for a message to arrive."""

_PLAIN = MediaHeaders(())


class ModelInfer:
    """The method. `handle` reads the message itself, after it has checked the key.

    Attributes:
        open_calls: calls that are not answered.
        may_answer: cleared to hold back all answers for a moment.
    """

    def __init__(self, parts: ScoringParts, ids: RequestIds) -> None:
        self.open_calls = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self._parts = parts
        self._ids = ids

    async def handle(self, _: object, context: Context) -> bytes:
        """Answers one call with a `ModelInferResponse`, or aborts it."""
        headers = read_metadata(context)
        request_id = self._ids.choose(headers)
        call = ScoringCall(self._parts, V2_GRPC.name, SCORING_PATH, request_id, _PLAIN)
        self.open_calls += 1
        try:
            outcome = await self._answer(call, headers, context, request_id)
            await self.may_answer.wait()
        except asyncio.CancelledError:  # by the client, or by the server's shutdown
            call.stop_clock()
            call.record(None)
            raise
        finally:
            self.open_calls -= 1
        call.stop_clock()
        call.record_code(outcome.status)
        if isinstance(outcome, Failure):
            return await outcome.abort(context, request_id)  # type: ignore[no-any-return]
        write_metadata(context, outcome.headers, request_id)
        return outcome.body

    async def _answer(
        self, call: ScoringCall, headers: Headers, context: Context, request_id: str
    ) -> Answer | Failure:
        try:
            self._parts.check_key(SCORING_PATH, headers)
            return await self._score(call, headers, await self._read(context))
        except Exception as error:  # noqa: BLE001 - the client always gets an answer
            if not isinstance(error, (ClientDisconnected, TimeoutError)):
                call.note_failure(error)
            return build_failure(error, request_id)

    async def _read(self, context: Context) -> bytes:
        if self.open_calls > MAX_OPEN_CALLS:
            raise Overloaded(f"{MAX_OPEN_CALLS} calls are open; retry later")
        async with asyncio.timeout(MESSAGE_S):
            data: bytes | object = await context.read()
        if not isinstance(data, bytes):  # the end of the call
            raise ClientDisconnected
        return data

    async def _score(self, call: ScoringCall, headers: Headers, data: bytes) -> Answer:
        bodies = self._parts.bodies
        bodies.check_size(len(data))
        if not bodies.is_small(len(data), _PLAIN):
            with self._parts.pools.rows.reserve() as place:
                # The place holds the share: a cancelled call leaves its body to a thread.
                place.hold(bodies.open_share()).take(len(data))
                call.admit(headers, await place.run(partial(read_requested, data)))
                return await score_in_place(call, self._parts, data, place)
        call.admit(headers, read_requested(data))
        result = call.score(data)
        outcome = result if isinstance(result, ScoreResult) else await result
        return call.encode(outcome) if isinstance(outcome, ScoreResult) else outcome
