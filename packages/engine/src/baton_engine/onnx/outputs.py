"""The label and probability outputs of an ONNX classifier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import EngineError
from baton_engine.tables.columns import Array
from baton_registry.versions.output_schema import Label

_TEXT = "tensor(string)"
_LABELS = (_TEXT, "tensor(int64)")
_SHORT_LABELS = ("tensor(int32)",)
_FLOAT = "tensor(float)"
_FLOATS = (_FLOAT, "tensor(double)", "tensor(float16)")
_TABLE = 2


@dataclass(frozen=True)
class Outputs:
    """The outputs of a classifier.

    Attributes:
        label: the name of the label output.
        probabilities: the name of the probability output.
        others: other outputs that may name classes, such as skl2onnx's `output_class_labels`.
        has_text_labels: labels are texts, not integers.
        is_zipmap: the probabilities are one mapping per row, not a table.
        is_float_table: the probabilities are a float32 table.
        width: the number of probabilities per row, if the model declares it.
    """

    label: str
    probabilities: str
    others: tuple[str, ...]
    has_text_labels: bool
    is_zipmap: bool
    is_float_table: bool
    width: int | None


def find_outputs(outputs: Sequence[Any]) -> Outputs:
    """Finds the label and probability outputs by their types.

    Raises:
        EngineError: an output is missing.
    """
    labels = [each for each in outputs if each.type in _LABELS]
    labels = labels or [each for each in outputs if each.type in _SHORT_LABELS]
    tables = [each for each in outputs if each.type in _FLOATS]
    maps = [each for each in outputs if each.type.startswith("seq(map(")]
    if not labels or not (maps or tables):
        raise EngineError(
            "the ONNX model is not a classifier: it needs a label and a probabilities output"
        )
    table = maps[-1] if maps else tables[0]
    shape: Sequence[Any] = () if maps else table.shape
    width = shape[1] if len(shape) == _TABLE else None
    return Outputs(
        label=labels[0].name,
        probabilities=table.name,
        others=tuple(each.name for each in labels[1:]),
        has_text_labels=labels[0].type == _TEXT,
        is_zipmap=bool(maps),
        is_float_table=table.type == _FLOAT and len(shape) == _TABLE,
        width=width if isinstance(width, int) else None,
    )


class OutputReader:
    """Converts a session's outputs to labels and a float32 table.

    Attributes:
        is_needed: False if the outputs need no conversion, unless labels have shape `[n, 1]`.
    """

    def __init__(self, outputs: Outputs, classes: Sequence[Label]) -> None:
        self._classes = tuple(classes)
        self._is_zipmap = outputs.is_zipmap
        self._are_boolean = all(isinstance(label, bool) for label in classes)
        # A network returns the index of the class if its classes are texts.
        has_texts = any(isinstance(label, str) for label in classes)
        self._texts = np.array(classes, dtype=np.object_)
        self._are_indices = has_texts and not outputs.has_text_labels
        self.is_needed = self._are_boolean or self._are_indices or not outputs.is_float_table

    def read(self, labels: Array, probabilities: Any) -> tuple[Array, NDArray[np.float32]]:
        """Returns labels of shape `[n]` in the classes' type, and probabilities `[n, classes]`.

        Raises:
            EngineError: the outputs have other shapes, or a label is not an index of a class.
        """
        table = self._build_table(probabilities) if self._is_zipmap else probabilities
        if table.ndim != _TABLE or labels.size != len(table):
            raise EngineError(
                f"the model answers with labels of shape {labels.shape} and probabilities of"
                f" shape {table.shape}; [rows] and [rows, {len(self._classes)}] are needed"
            )
        labels = labels.reshape(-1)
        if self._are_indices:
            labels = self._look_up_labels(labels)
        elif self._are_boolean:
            labels = labels.astype(np.bool_)
        return labels, table.astype(np.float32, copy=False)

    def _look_up_labels(self, indices: Array) -> Array:
        if len(indices) and not 0 <= indices.min() <= indices.max() < len(self._texts):
            raise EngineError(
                f"the model answers with label {int(indices.max())}, but it names only"
                f" {len(self._texts)} classes (counted from 0); name all of them"
            )
        texts: Array = self._texts[indices]
        return texts

    def _build_table(self, maps: Sequence[Mapping[Label, float]]) -> NDArray[np.float32]:
        """Converts the mappings of a ZipMap to a table."""
        try:
            rows = [[row[label] for label in self._classes] for row in maps]
        except KeyError as error:
            raise EngineError(f"the ONNX model returns no probability for {error}") from error
        return np.array(rows, dtype=np.float32).reshape(len(rows), len(self._classes))
