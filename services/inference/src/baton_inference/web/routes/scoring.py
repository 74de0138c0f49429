"""A scoring route as a bare ASGI endpoint: for bodies of any size and form."""

import asyncio

from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.scoring.score_request import ScoreResult
from baton_inference.scoring.workers import Place
from baton_inference.web.answers.answer import Answer, Message, Receive, Scope, Send
from baton_inference.web.routes.canary_answer import answer_by_canary
from baton_inference.web.routes.scoring_call import ScoringCall
from baton_inference.web.routes.scoring_parts import ScoringParts


class ScoringRoute:
    """One protocol's scoring route."""

    def __init__(self, protocol: str, parts: ScoringParts) -> None:
        self._protocol = protocol
        self._parts = parts

    async def handle(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        request_id: str,
        requested: RequestedVersion | None,
    ) -> None:
        """Answers one POST; `requested` is the model and version in its path."""
        media = MediaHeaders(scope["headers"])
        call = ScoringCall(self._parts, self._protocol, scope["path"], request_id, media)
        answer: Answer | None
        try:
            call.admit(scope["headers"], requested)
            answer = await self._score(call, receive)
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - always an answer
            answer = call.explain(error)
        call.stop_clock()
        try:
            if answer is not None:
                await answer.send(send, request_id)
        finally:
            call.record(answer)

    async def _score(self, call: ScoringCall, receive: Receive) -> Answer:
        first = await receive()
        body = self._parts.bodies.get_small_body(first, call.media)
        if body is None:
            return await self._score_large(call, first, receive)
        result = call.score(body)
        outcome = result if isinstance(result, ScoreResult) else await result
        return call.encode(outcome) if isinstance(outcome, ScoreResult) else outcome

    async def _score_large(self, call: ScoringCall, first: Message, receive: Receive) -> Answer:
        """Continues `_score` after the first message; a thread decodes the body, too."""
        parts = self._parts
        with parts.bodies.open_share() as share:
            body = await parts.bodies.read_rest(first, receive, call.media, share)
            is_columnar = call.media.is_columnar_body
            workers = parts.pools.columnar if is_columnar else parts.pools.rows
            with workers.reserve() as place:
                return await score_in_place(call, parts, body, place)


async def score_in_place(
    call: ScoringCall, parts: ScoringParts, body: bytes, place: Place
) -> Answer:
    """Answers an admitted request whose body is too large for the event loop, in threads."""
    if call.canary is not None:  # production answers even if the pool fills up
        return await answer_by_canary(call, parts, body, place.run)

    def score() -> Answer:
        return call.encode(parts.scorer.score_alone(call.decode(body)))

    return await place.run(score)
