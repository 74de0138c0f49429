"""What every protocol offers: bytes to columns, scores to bytes, compiled once a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from baton_engine.engine import Engine, Scores
from baton_engine.tables.columns import Array
from baton_inference.protocols.media import MediaHeaders
from baton_inference.web.answers.answer import JSON, Headers


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one request, which the signature allows; a protocol says how they are held.

    Attributes:
        rows: how many, at least 1.
    """

    rows: int


@dataclass(frozen=True, slots=True)
class ColumnBatch(Batch):
    """Rows held as columns. A protocol may add what its answer needs of the request.

    Attributes:
        columns: each column of the signature, shape `[rows]`.
    """

    columns: Mapping[str, Array]


def score_columns(engine: Engine, batches: Sequence[ColumnBatch]) -> Scores:
    """The scores of all batches, one after the other."""
    if len(batches) == 1:
        return engine.score(batches[0].columns)
    every = [batch.columns for batch in batches]
    return engine.score(
        {name: np.concatenate([columns[name] for columns in every]) for name in every[0]}
    )


class Encoded(NamedTuple):
    """The body of an answer, and what its headers say of it.

    Attributes:
        body: the bytes.
        media_type: their content type.
        headers: further headers, names in lower case.
    """

    body: bytes
    media_type: bytes = JSON
    headers: Headers = ()


BatchT = TypeVar("BatchT", bound=Batch)


class Codec(Protocol[BatchT]):
    """One protocol for one version. Safe to use from several threads."""

    media_types: frozenset[bytes | None]
    """The content types that `decode` reads, in lower case; None: it need not be named."""

    def decode(self, body: bytes, media: MediaHeaders) -> BatchT:
        """Reads a request's body.

        Raises:
            MalformedBody: not of the protocol's shape.
            InvalidRows: a cell that the signature does not allow, or no rows.
            TooManyRows: more rows than a request may hold.
        """
        ...

    def score(self, engine: Engine, batches: Sequence[BatchT]) -> Scores:
        """The scores of all batches, one after the other. Raises what the engine does."""
        ...

    def encode(self, scores: Scores, batch: BatchT) -> Encoded:
        """Writes the answer to the request that `batch` was read from."""
        ...
