"""Reads a classifier that answers only probabilities, such as a network: its labels follow."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.classes import CLASSES_HINT, check_distinct
from baton_engine.onnx.outputs.graph_outputs import GraphOutput, describe_outputs, get_width
from baton_engine.onnx.outputs.probabilities import clip_rounding
from baton_registry.versions.output_schema import BINARY_CLASSES, LABEL, PROBABILITIES, OutputSchema
from baton_registry.versions.schema import Schema


class ProbabilityReader:
    """Adds the label of the greatest probability; of equal ones, the first.

    A single probability per row is that of the second of two classes.
    """

    def __init__(self, outputs: Sequence[GraphOutput], schema: Schema) -> None:
        """Takes the recorded classes.

        Raises:
            EngineError: the model has other outputs, or no classes are recorded, or one
                is recorded twice.
        """
        if len(outputs) != 1 or not outputs[0].is_float:
            raise EngineError(
                f"the ONNX model answers {describe_outputs(outputs)}; a classifier answers labels"
                " and probabilities, or only one table of probabilities"
            )
        if not schema.classes:
            raise EngineError(f"the ONNX model does not name its classes; {CLASSES_HINT}")
        check_distinct(schema.classes)
        self.names: Sequence[str] = [outputs[0].name]
        self.output_schema = OutputSchema.from_classes(schema.classes)
        has_texts = any(isinstance(label, str) for label in schema.classes)
        self._labels = np.array(schema.classes, np.object_ if has_texts else None)

    def read(self, values: Sequence[Any]) -> Scores:
        """Returns labels and probabilities. Small rounding errors are clipped to [0, 1].

        Raises:
            EngineError: the answer has another shape, or is not probabilities.
        """
        table = values[0].astype(np.float32, copy=False)
        width, classes = get_width(table), len(self._labels)
        if width == 1 and classes == BINARY_CLASSES:
            present = table.reshape(-1, 1)
            table = np.hstack([1 - present, present])
        elif width != classes or table.ndim == 1:
            raise EngineError(
                f"the model answers with probabilities of shape {table.shape};"
                f" [rows, {classes}] is needed for its {classes} classes"
            )
        table = clip_rounding(table)
        return {LABEL: self._labels[table.argmax(axis=1)], PROBABILITIES: table}
