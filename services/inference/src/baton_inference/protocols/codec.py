"""The interface of codecs: bytes to rows, scores to bytes, compiled once for each version."""

from typing import NamedTuple, Protocol, TypeVar

from baton_engine.engine import Scores
from baton_inference.protocols.media import JSON, Headers, MediaHeaders
from baton_inference.scoring.batch import ColumnBatch, RowBatch


class EncodedAnswer(NamedTuple):
    """The body of an answer and its headers.

    Attributes:
        body: the bytes.
        media_type: their content type.
        headers: other headers, names in lower case.
    """

    body: bytes
    media_type: bytes = JSON
    headers: Headers = ()


BatchT = TypeVar("BatchT", bound=RowBatch | ColumnBatch)


class Codec(Protocol[BatchT]):
    """The codec of one protocol for one version. Safe to use from several threads."""

    media_types: frozenset[bytes | None]
    """The content types that `decode` reads, in lower case; None if the header may be absent."""

    def decode(self, body: bytes, media: MediaHeaders) -> BatchT:
        """Decodes the body of a request.

        Raises:
            MalformedBody: the body does not have the protocol's shape.
            InvalidRows: a cell is not valid by the schema, or there are no rows.
            TooManyRows: there are more rows than a request may have.
        """
        ...

    def encode(self, scores: Scores, batch: BatchT) -> EncodedAnswer:
        """Encodes the answer to the request of `batch`."""
        ...
