"""What every protocol offers: bytes to columns, scores to bytes, compiled once a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from baton_engine.columns import Array
from baton_engine.engine import Scores


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that the signature allows.

    Attributes:
        rows: how many, at least 1.
        columns: each column of the signature, shape `[rows]`.
    """

    rows: int
    columns: Mapping[str, Array]


class Codec(Protocol):
    """One protocol for one version. Safe to use from several threads."""

    media_types: frozenset[bytes]
    """The content types that `decode` reads, in lower case."""

    def decode(self, body: bytes) -> Batch:
        """Reads a request's body.

        Raises:
            MalformedBody: not of the protocol's shape.
            InvalidRows: a cell that the signature does not allow, or no rows.
            TooManyRows: more rows than a request may hold.
        """
        ...

    def encode(self, scores: Scores) -> bytes:
        """Writes the body of the answer, as `application/json`."""
        ...
