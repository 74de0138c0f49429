"""The protocol of `POST /predict`: instances in, labels and probabilities out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import msgspec

from baton_engine.engine import Engine, Scores
from baton_engine.tables.transpose import Rows
from baton_inference.protocols.codec import Batch, Encoded
from baton_inference.protocols.media import MediaHeaders
from baton_inference.protocols.predict.instances import InstancesDecoder
from baton_inference.web.answers.answer import JSON
from baton_registry.versions.model_version import ModelVersion
from baton_registry.versions.signature import Label, Signature

PROTOCOL = "predict"


@dataclass(frozen=True, slots=True)
class RowBatch(Batch):
    """Rows as they were read: those of several requests become columns in one go.

    Attributes:
        cells: row by row, values in the order of the signature.
    """

    cells: Rows


class PredictCodec:
    """`/predict` for one version."""

    media_types: frozenset[bytes | None] = frozenset({JSON})

    def __init__(
        self,
        version: ModelVersion,
        signature: Signature,
        classes: tuple[Label, ...],
        *,
        max_rows: int,
    ) -> None:
        self._decoder = InstancesDecoder(signature, max_rows=max_rows)
        self._keys = [str(label) for label in classes]
        head = {"model_name": version.name, "model_version": version.version}
        self._head = msgspec.json.encode(head)[:-1] + b',"predictions":'

    def decode(self, body: bytes, media: MediaHeaders) -> RowBatch:  # noqa: ARG002
        """Reads `{"instances": […]}`. Raises as `Codec.decode` says."""
        rows = self._decoder.decode(body)
        return RowBatch(len(rows), rows)

    def score(self, engine: Engine, batches: Sequence[RowBatch]) -> Scores:
        """The scores of all batches, whose rows become columns in one go."""
        if len(batches) == 1:
            return engine.score_rows(batches[0].cells)
        return engine.score_rows([*chain.from_iterable(each.cells for each in batches)])

    def encode(self, scores: Scores, batch: RowBatch) -> Encoded:  # noqa: ARG002
        """Writes the answer; a probability that is not a number becomes null."""
        keys = self._keys
        predictions: list[dict[str, Any]] = [
            {"label": label, "probabilities": dict(zip(keys, row, strict=True))}
            for label, row in zip(
                scores.labels.tolist(), scores.probabilities.tolist(), strict=True
            )
        ]
        return Encoded(self._head + msgspec.json.encode(predictions) + b"}")
