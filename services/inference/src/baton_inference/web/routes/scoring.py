"""A scoring route as a bare ASGI endpoint: for bodies of any size and form."""

import asyncio
from functools import partial

from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.scoring.score_request import ScoreResult
from baton_inference.web.answers.answer import Answer, Message, Receive, Scope, Send
from baton_inference.web.routes.scoring_call import ScoringCall, ScoringParts


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
        if not isinstance(result, ScoreResult):
            result = await result
        return call.encode(result)

    async def _score_large(self, call: ScoringCall, first: Message, receive: Receive) -> Answer:
        """Continues `_score` after the first message; a thread decodes the body, too."""
        parts = self._parts
        with parts.bodies.open_share() as share:
            body = await parts.bodies.read_rest(first, receive, call.media, share)
            workers = parts.pools.columnar if call.media.is_columnar_body else parts.pools.rows
            return await workers.run(partial(call.score_alone, body))
