"""The seam between answering and comparing: what is answered while a canary is live."""

from typing import NamedTuple, Protocol

from baton_inference.scoring.score_request import ScoreRequest, ScoreResult


class RowSource(NamedTuple):
    """Tells callers apart, so that none of them provides more than a share of the pairs.

    Both are hashes that differ between processes, and None if the request carries no such header.

    Attributes:
        api_key: of the API key, or of what was sent as one.
        routing_key: of the routing key.
    """

    api_key: int | None
    routing_key: int | None


class PairObserver(Protocol):
    """Sees each scored request while a canary is live, after its answer was written.

    Requests that name a version by its number are not observed.
    """

    def observe(self, request: ScoreRequest, result: ScoreResult, source: RowSource) -> None:
        """Notes a request. Called on the event loop: it must neither wait nor score.

        Args:
            request: the version that answered, and the rows as its codec decoded them.
            result: its scores. The canary scored them, or production, also if it stepped in.
            source: tells callers apart.
        """
        ...
