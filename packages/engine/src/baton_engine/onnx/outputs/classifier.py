"""Reads the labels and probabilities of a classifier."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.classes import check_distinct, find_classes
from baton_engine.onnx.outputs.classifier_outputs import find_classifier_outputs
from baton_engine.onnx.outputs.graph_outputs import GraphOutput
from baton_engine.onnx.outputs.probabilities import clip_rounding
from baton_engine.tables.columns import MATRIX_NDIM, Array
from baton_registry.versions.output_schema import LABEL, PROBABILITIES, Label, OutputSchema
from baton_registry.versions.schema import Schema


class ClassifierReader:
    """Converts a session's outputs to labels and a float32 table.

    Attributes:
        are_indices: the model names no classes, and its labels seem to be indices.
    """

    def __init__(self, model: bytes, outputs: Sequence[GraphOutput], schema: Schema) -> None:
        """Finds the label and probability outputs, and the classes.

        Args:
            model: the ONNX file's content.
            outputs: its outputs.
            schema: the classes and the task if they are recorded.

        Raises:
            EngineError: an output is missing, the classes are not named or not distinct, or their
                number is not that of the task.
        """
        found = find_classifier_outputs(outputs)
        self.names: Sequence[str] = [found.label, found.probabilities]
        classes: tuple[Label, ...] = schema.classes or ()
        self.are_indices = False
        if not classes:
            classes, self.are_indices = find_classes(model, found)
        check_distinct(classes)
        self.output_schema = OutputSchema.from_classes(classes)
        if schema.task not in (None, self.output_schema.task):
            raise EngineError(
                f"the ONNX model has {len(classes)} classes, but the version records the task"
                f" {schema.task}"
            )
        self._classes = classes
        self._is_zipmap = found.is_zipmap
        self._are_boolean = all(isinstance(label, bool) for label in classes)
        # A network returns the index of the class if its classes are texts.
        has_texts = any(isinstance(label, str) for label in classes)
        self._texts = np.array(classes, dtype=np.object_)
        self._looks_up_labels = has_texts and not found.has_text_labels
        self._must_convert = self._are_boolean or self._looks_up_labels or not found.is_float_table

    def read(self, values: Sequence[Any]) -> Scores:
        """Returns labels and probabilities. Small rounding errors are clipped to [0, 1].

        Raises:
            EngineError: they have other shapes, or are not labels and probabilities.
        """
        labels, probabilities = values
        if self._must_convert or labels.ndim != 1:
            labels, probabilities = self._convert(labels, probabilities)
        probabilities = clip_rounding(probabilities)
        return {LABEL: labels, PROBABILITIES: probabilities}

    def _convert(self, labels: Array, probabilities: Any) -> tuple[Array, NDArray[np.float32]]:
        """Returns labels of shape `[n]` in the classes' type, and probabilities `[n, classes]`.

        Raises:
            EngineError: the outputs have other shapes, or a label is not an index of a class.
        """
        table = self._build_table(probabilities) if self._is_zipmap else probabilities
        if table.ndim != MATRIX_NDIM or labels.size != len(table):
            raise EngineError(
                f"the model answers with labels of shape {labels.shape} and probabilities of"
                f" shape {table.shape}; [rows] and [rows, {len(self._classes)}] are needed"
            )
        labels = labels.reshape(-1)
        if self._looks_up_labels:
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
