"""Answers small scoring requests without ASGI.

An ASGI request costs more than its score: a scope, a task, an event, and two messages. The server
hands a plain request, which has arrived whole, to this module. All such requests of one turn of the
event loop are scored in one call at the end of the turn: see `scoring/batcher.py`.

Callers see no difference to `routes/scoring.py`: both use the same `ScoringCall`.
"""

import asyncio
import re
from functools import lru_cache
from typing import Any, NamedTuple

from baton_inference.protocols.catalog import ScoringPath, find_path
from baton_inference.protocols.media import MediaHeaders
from baton_inference.scoring.arrivals import Arrivals
from baton_inference.scoring.score_request import ScoreResult
from baton_inference.web.answers.answer import Answer
from baton_inference.web.request_ids import RequestIds
from baton_inference.web.routes.scoring_call import ScoringCall
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.transport.exchange import Exchange
from baton_inference.web.transport.state import Peer

DirectResult = Answer | ScoreResult | None
"""An answer, the scores from which it is encoded, or None if the client has disconnected."""

_is_simple = re.compile(rb"/[A-Za-z0-9._~/-]{1,255}").fullmatch
"""A path that needs no decoding, in origin form (RFC 9112, 3.2.1) and without a query."""


class DirectScoring:
    """Answers requests in the event loop. The server calls `accept`.

    Attributes:
        pending: what requests wait for that the turn could not answer, e.g. a thread.
    """

    def __init__(self, parts: ScoringParts, ids: RequestIds, arrivals: Arrivals) -> None:
        self.pending: set[asyncio.Future[Any]] = set()
        self._parts = parts
        self._ids = ids
        self._arrivals = arrivals
        self._requests: list[DirectRequest] = []

    def accept(self, exchange: Exchange, peer: Peer) -> bool:
        """Takes a whole, plain request. Returns False if it must be answered by ASGI."""
        target = _find_target(exchange.target)
        if target is None:
            return False
        media = MediaHeaders(exchange.headers)
        length = len(exchange.body)
        if media.length != length or not self._parts.bodies.is_small(length, media):
            return False
        if not self._requests:
            asyncio.get_running_loop().call_soon(self._answer_all)
        self._requests.append(DirectRequest(exchange, peer, target, media))
        self._arrivals.note_arrival()
        return True

    def _answer_all(self) -> None:
        """Scores the requests of this turn; answers those that need not wait."""
        requests, self._requests = self._requests, []
        for request in requests:
            self._arrivals.note_start()
            request.start(self._parts, self._ids)
        for request in requests:
            request.finish(self.pending)


class DirectRequest:
    """One request that is answered without ASGI."""

    __slots__ = ("_call", "_exchange", "_id", "_media", "_peer", "_result", "_target")
    _result: DirectResult | asyncio.Future[Answer | ScoreResult]

    def __init__(
        self, exchange: Exchange, peer: Peer, target: "Target", media: MediaHeaders
    ) -> None:
        self._exchange = exchange
        self._peer = peer
        self._target = target
        self._media = media

    def start(self, parts: ScoringParts, ids: RequestIds) -> None:
        """Checks the request, and gives its rows to the scorer."""
        path, found = self._target
        headers = self._exchange.headers
        self._id = ids.choose(headers)
        call = self._call = ScoringCall(parts, found.protocol.name, path, self._id, self._media)
        try:
            call.admit(headers, found.requested)
            result = call.score(self._exchange.take_body())
            self._result = (
                result if isinstance(result, ScoreResult) else asyncio.ensure_future(result)
            )
        except Exception as error:  # noqa: BLE001 - the client always gets an answer
            self._result = call.explain(error)

    def finish(self, pending: set[asyncio.Future[Any]]) -> None:
        """Answers, now or as soon as there is a result; `pending` holds it until then."""
        result = self._result
        if isinstance(result, asyncio.Future) and not result.done():
            pending.add(result)
            result.add_done_callback(pending.discard)
            result.add_done_callback(self._answer)
        else:
            self._answer(result)

    def _answer(self, result: DirectResult | asyncio.Future[Answer | ScoreResult]) -> None:
        call = self._call
        try:
            if isinstance(result, asyncio.Future):
                result = result.result()
            answer = call.encode(result) if isinstance(result, ScoreResult) else result
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - as above
            answer = call.explain(error)
        call.stop_clock()
        try:
            if answer is not None:
                self._peer.respond(self._exchange, answer, self._id)
        finally:
            call.record(answer)


class Target(NamedTuple):
    """The path of a scoring request, and what it means."""

    path: str
    found: ScoringPath


@lru_cache(maxsize=64)  # callers use the same few paths
def _find_target(target: bytes) -> Target | None:
    """Finds the protocol, model and version of a request target."""
    if not _is_simple(target):
        return None
    path = target.decode()
    found = find_path(path)
    return None if found is None else Target(path, found)
