"""Finds the task of a model, and the reader of its answers."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from baton_engine.engine import Scores
from baton_engine.onnx.outputs.anomaly import AnomalyReader, is_anomaly
from baton_engine.onnx.outputs.classifier import ClassifierReader
from baton_engine.onnx.outputs.graph_outputs import GraphOutput
from baton_engine.onnx.outputs.multilabel import MultilabelReader, is_multilabel
from baton_engine.onnx.outputs.probability_table import ProbabilityReader
from baton_engine.onnx.outputs.regressor import RegressionReader
from baton_registry.versions.output_schema import OutputSchema, Task
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
    task = schema.task or _infer_task(model, outputs, schema)
    if task == "anomaly":
        return AnomalyReader(outputs)
    if task == "multilabel":
        return MultilabelReader(outputs, schema, probe([each.name for each in outputs]))
    if task in ("regression", "quantiles"):
        return RegressionReader(outputs, schema, probe([each.name for each in outputs]))
    if _has_labels(outputs):
        return ClassifierReader(model, outputs, schema)
    return ProbabilityReader(outputs, schema)


def _infer_task(model: bytes, outputs: Sequence[GraphOutput], schema: Schema) -> Task | None:
    """Infers the task that the outputs show; None for a classifier."""
    if schema.classes:
        return None
    if not _has_labels(outputs):
        return "regression"
    if is_multilabel(outputs):
        return "multilabel"
    return "anomaly" if is_anomaly(model, outputs) else None


def _has_labels(outputs: Sequence[GraphOutput]) -> bool:
    return any(each.is_text or each.is_integer for each in outputs)
