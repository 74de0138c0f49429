"""Finds the task of a model, and the reader of its answers."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from baton_engine.engine import Scores
from baton_engine.onnx.outputs.classifier import ClassifierReader
from baton_engine.onnx.outputs.graph_outputs import GraphOutput
from baton_engine.onnx.outputs.regressor import RegressionReader
from baton_registry.versions.output_schema import OutputSchema
from baton_registry.versions.schema import Schema

Probe = Callable[[Sequence[str]], Sequence[Any] | None]
"""Returns the named outputs for a few synthetic rows; None if the model fails on them."""


class Reader(Protocol):
    """Reads a session's answers as scores.

    Attributes:
        names: the outputs that the session computes, in the order of `read`.
        output_schema: the task and its outputs.
    """

    names: Sequence[str]
    output_schema: OutputSchema

    def read(self, values: Sequence[Any]) -> Scores:
        """Converts the outputs of `names`.

        Raises:
            EngineError: they are not an answer of the task.
        """
        ...


def find_reader(
    model: bytes, outputs: Sequence[GraphOutput], schema: Schema, probe: Probe
) -> Reader:
    """Finds the reader for the recorded task, or else for the task that the outputs show.

    Args:
        model: the ONNX file's content.
        outputs: its outputs.
        schema: what the version records of its task, classes and names.
        probe: scores a few rows, because declared shapes are missing or wrong in some models.

    Raises:
        EngineError: the outputs are not those of the task, or of any task.
    """
    has_labels = any(each.is_text or each.is_integer for each in outputs)
    if schema.task in ("regression", "quantiles") or (not has_labels and schema.classes is None):
        return RegressionReader(outputs, schema, probe([each.name for each in outputs]))
    return ClassifierReader(model, outputs, schema)
