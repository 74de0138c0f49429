"""The seam between answering and comparing: what is answered while a canary is live."""

from typing import Any, NamedTuple, Protocol

from baton_engine.engine import Scores
from baton_inference.lifecycle.live_versions import LiveVersion
from baton_inference.scoring.score_request import ScoreRequest, ScoreResult

MAX_BODY_BYTES = 16 * 1024
"""A larger body is not kept until the other version decodes it."""
MAX_ROW_BYTES = 64 * 1024
"""Requests with more bytes of body per row are not observed: the rows wait in memory."""


class RowSource(NamedTuple):
    """Tells callers apart, so that none of them provides more than a share of the pairs.

    Both are hashes that differ between processes, and None if the request carries no such header.

    Attributes:
        api_key: of the API key that let the request pass.
        routing_key: of the routing key.
    """

    api_key: int | None
    routing_key: int | None


class SmallBody(NamedTuple):
    """The body of a request, for the codec of the version that did not answer.

    Attributes:
        protocol: the scoring protocol.
        content: at most `MAX_BODY_BYTES` bytes.
        media: the headers that describe it, as the codec takes them.
    """

    protocol: str
    content: bytes
    media: Any


class OtherAnswer(NamedTuple):
    """The answer of the version that did not answer a request, to one row of it.

    Attributes:
        row: the number of the row in the request, from 0.
        version: the version.
        scores: its answer, each output of shape `[1, …]`.
    """

    row: int
    version: LiveVersion
    scores: Scores


class PairNote(Protocol):
    """Takes the answer of the other version to one row of a request.

    Attributes:
        other: the answer. A thread sets it, at most once.
    """

    other: OtherAnswer | None


class PairObserver(Protocol):
    """Sees each scored request while a canary is live, after its answer was written.

    Requests that name a version by its number are not observed.

    Attributes:
        needs_bodies: whether the two versions have different columns, so that the decoded rows of
            one may lack what the other reads.
    """

    needs_bodies: bool

    def has_room(self) -> bool:
        """Whether it can note a request now. If not, it counts the request as dropped.

        On a busy service most requests are dropped, and the rest of their cost is saved.
        """
        ...

    def observe(
        self,
        request: ScoreRequest,
        result: ScoreResult,
        source: RowSource,
        body: SmallBody | None = None,
        note: PairNote | None = None,
    ) -> None:
        """Notes a request. Called on the event loop: it must neither wait nor score.

        Args:
            request: the version that answered, and the rows as its codec decoded them.
            result: its scores. The canary scored them, or production, also if it stepped in.
            source: tells callers apart.
            body: the body, if it is needed and small. A request whose body is needed and large is
                not compared.
            note: takes the answer of the other version, if it is wanted.
        """
        ...
