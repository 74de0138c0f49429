"""What every protocol offers: bytes to rows, scores to bytes, compiled once a version."""

from typing import NamedTuple, Protocol, TypeVar

from baton_engine.engine import Scores
from baton_inference.protocols.media import JSON, Headers, MediaHeaders
from baton_inference.scoring.batch import ColumnBatch, RowBatch


class EncodedAnswer(NamedTuple):
    """The body of an answer, and what its headers say of it.

    Attributes:
        body: the bytes.
        media_type: their content type.
        headers: further headers, names in lower case.
    """

    body: bytes
    media_type: bytes = JSON
    headers: Headers = ()


BatchT = TypeVar("BatchT", bound=RowBatch | ColumnBatch)


class Codec(Protocol[BatchT]):
    """One protocol for one version. Safe to use from several threads."""

    media_types: frozenset[bytes | None]
    """The content types that `decode` reads, in lower case; None: it need not be named."""

    def decode(self, body: bytes, media: MediaHeaders) -> BatchT:
        """Reads a request's body.

        Raises:
            MalformedBody: not of the protocol's shape.
            InvalidRows: a cell that the schema does not allow, or no rows.
            TooManyRows: more rows than a request may hold.
        """
        ...

    def encode(self, scores: Scores, batch: BatchT) -> EncodedAnswer:
        """Writes the answer to the request that `batch` was read from."""
        ...
