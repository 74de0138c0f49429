"""Reads the labels and scores of an anomaly detector."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from baton_engine.engine import EngineError, Scores
from baton_engine.onnx.outputs.classes import names_classes
from baton_engine.onnx.outputs.graph_outputs import GraphOutput, describe_outputs
from baton_registry.versions.output_schema import LABEL, SCORE, OutputSchema

_OUTPUTS = 2


def is_anomaly(model: bytes, outputs: Sequence[GraphOutput]) -> bool:
    """Whether the outputs are a label without class names and one score, as skl2onnx writes them.

    Args:
        model: the ONNX file's content.
        outputs: its outputs.
    """
    labels = [each for each in outputs if each.is_integer]
    scores = [each for each in outputs if each.is_float and each.width == 1]
    return len(outputs) == len(labels) + len(scores) == _OUTPUTS and not names_classes(
        model, outputs
    )


class AnomalyReader:
    """Converts labels to int64 and scores to float64, both of shape `[n]`."""

    def __init__(self, outputs: Sequence[GraphOutput]) -> None:
        """Finds both outputs.

        Raises:
            EngineError: the model has other outputs.
        """
        labels = [each for each in outputs if each.is_integer]
        scores = [each for each in outputs if each.is_float]
        if (len(labels), len(scores), len(outputs)) != (1, 1, _OUTPUTS):
            raise EngineError(
                f"the ONNX model answers {describe_outputs(outputs)}; an anomaly detector answers"
                " one label, -1 or 1, and one score"
            )
        self.names: Sequence[str] = [labels[0].name, scores[0].name]
        self.output_schema = OutputSchema("anomaly")

    def read(self, values: Sequence[Any]) -> Scores:
        """Returns labels and scores.

        Raises:
            EngineError: the answer has another shape.
        """
        label, score = values
        if label.size != score.size or label.size != len(label):
            raise EngineError(
                f"the model answers with labels of shape {label.shape} and scores of shape"
                f" {score.shape}; [rows] is needed for both"
            )
        return {
            LABEL: label.reshape(-1).astype(np.int64),
            SCORE: score.reshape(-1).astype(np.float64),
        }
