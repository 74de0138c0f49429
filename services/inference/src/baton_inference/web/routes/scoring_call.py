"""One scoring request, and the steps that every way of answering it shares.

`routes/scoring.py` answers as an ASGI application, `routes/direct.py` without ASGI, and
`grpc/infer.py` over gRPC. All check, score, explain failures, count and log with the methods of
this class.
"""

from collections.abc import Awaitable
from typing import Any

from baton_inference.errors import NotReady
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.protocols.codec import Codec
from baton_inference.protocols.media import Headers, MediaHeaders
from baton_inference.scoring.observer import MAX_BODY_BYTES
from baton_inference.scoring.requested_version import RequestedVersion
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult
from baton_inference.web.access.row_source import find_routing_key
from baton_inference.web.answers.answer import Answer
from baton_inference.web.answers.version_headers import build_version_headers
from baton_inference.web.routes.canary_answer import answer_by_canary, run_here
from baton_inference.web.routes.scoring_parts import ScoringParts
from baton_inference.web.routes.scoring_record import ScoringRecord


class ScoringCall(ScoringRecord):
    """One POST to a scoring path, from its head to its answer.

    Attributes:
        production: the version in production when the request was admitted; None before that.
        canary: the canary that should answer the request; None if production should.
    """

    __slots__ = ("_codec", "_version", "canary", "production")
    _codec: Codec[Any]
    _version: LiveVersion

    def __init__(
        self,
        parts: ScoringParts,
        protocol: str,
        path: str,
        request_id: str,
        media: MediaHeaders,
    ) -> None:
        """Starts the clock. `admit` chooses the version: a gRPC message may arrive much later."""
        super().__init__(parts, protocol, path, request_id, media)
        self.production: LiveVersion | None = None
        self.canary: LiveVersion | None = None

    def admit(self, headers: Headers, requested: RequestedVersion | None) -> None:
        """Checks everything but the body.

        Args:
            headers: of the request, with names in lower case.
            requested: the model and version in its path.

        Raises:
            InferenceError: the request is rejected, or no version serves.
        """
        parts = self._parts
        production = self.production = self._served = parts.live.production
        self._api_key = None
        if parts.access is not None:  # else not even a call
            self._api_key = parts.check_key(self._path, headers)
        if production is None:
            raise NotReady
        self._headers = headers
        if requested is not None:
            chosen = requested.choose(production, parts.live.canary)
            if requested.version is not None:
                self.alias = ""
                if chosen is not production:
                    self.canary = chosen
        route = parts.live.route
        if route is not None and self.alias and route.takes(self._find_key()):
            self.canary, self.alias = route.version, route.alias
        self._version = production
        self._codec = production.codecs[self._protocol]
        self.media.check(self._codec.media_types)
        parts.bodies.check_length(self.media)

    def use(self, version: LiveVersion) -> None:
        """Chooses the version that answers, and whose codec decodes and encodes."""
        self._version = self._served = version
        self._codec = version.codecs[self._protocol]

    def decode(self, body: bytes) -> ScoreRequest:
        """Decodes the body of an admitted request. Raises the errors of `Codec.decode`."""
        self._batch = self._codec.decode(body, self.media)
        self._body_bytes = len(body)
        if self._body_bytes <= MAX_BODY_BYTES:
            self._body = body
        return ScoreRequest(self._version, self._batch)

    def score(self, body: bytes) -> ScoreResult | Awaitable[ScoreResult | Answer]:
        """Decodes a small body and scores it. Call it from the event loop only.

        Returns:
            The scores, or the answer of a request that the canary should answer.

        Raises:
            InferenceError: the rows are rejected, too much work waits, or the model failed.
        """
        if self.canary is not None:
            return answer_by_canary(self, self._parts, body, run_here)
        return self._parts.scorer.score(self.decode(body))

    def encode(self, result: ScoreResult) -> Answer:
        """Encodes the scores."""
        version, scores = result
        encoded = self._codec.encode(scores, self._batch)
        headers = build_version_headers(version.model.name, version.model.version, self.alias)
        if encoded.headers:
            headers = (*headers, *encoded.headers)
        self._rows = self._batch.rows
        self._result = result
        return Answer(200, encoded.body, encoded.media_type, headers)

    def _find_key(self) -> bytes:
        """Returns what decides between canary and production."""
        return find_routing_key(self._headers) or self._request_id.encode()
