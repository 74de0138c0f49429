"""The exact way: doubles up to where a library itself rounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto

from baton_export import fallback
from baton_export.catalog import ESTIMATORS, STEPS
from baton_export.emitter import Anomalies, Answer, Classes, Emitter, Labels
from baton_export.errors import Unsupported
from baton_export.estimators.links import emit_index
from baton_export.graph.table import Column, Matrix, Table
from baton_export.inputs import InputMatrix, Inputs
from baton_export.tasks import ModelTask


def convert_exact(
    model: Any, inputs: Inputs, task: ModelTask, *, single: bool = False
) -> tuple[onnx.ModelProto, bool]:
    """Converts a model step by step.

    Args:
        model: the fitted model.
        inputs: its inputs.
        task: what it answers.
        single: round in front of each step that only skl2onnx can convert.

    Returns:
        The model, and whether skl2onnx converted a step of it.

    Raises:
        StepError: a step cannot be expressed.
    """
    emitter = Emitter(
        STEPS, ESTIMATORS, (fallback.emit_step, fallback.emit_estimator), single=single
    )
    table = _add_inputs(inputs, emitter)
    names = {each: emitter.graph.reserve_output(each) for each in task.outputs}
    answer = emitter.emit_estimator(model, table)
    with emitter.enter(model, ""):
        outputs = _finish(answer, task, emitter)
    for output, (tensor, kind, width) in outputs.items():
        emitter.graph.add_output(names[output], tensor, kind, width)
    return emitter.graph.build(), emitter.used_fallback


def _add_inputs(inputs: Inputs, emitter: Emitter) -> Table:
    if isinstance(inputs, InputMatrix):
        shape = (None, inputs.width)
        tensor = emitter.graph.add_input(inputs.name, TensorProto.DOUBLE, shape)
        return Table.from_matrix(Matrix(tensor, inputs.width))
    columns = []
    for each in inputs:
        kind = TensorProto.STRING if each.is_text else TensorProto.DOUBLE
        tensor = emitter.graph.add_input(each.name, kind, (None, 1))
        columns.append(Column(Matrix(tensor, 1, each.is_text), 0, each.name))
    return Table(tuple(columns))


def _finish(answer: Answer, task: ModelTask, emitter: Emitter) -> dict[str, Any]:
    """Returns each output's tensor, type and width by name."""
    if isinstance(answer, Matrix):
        return {"value": (answer.tensor, TensorProto.DOUBLE, (answer.width,))}
    if isinstance(answer, Anomalies):
        label = answer.label or _emit_sign(answer.score, emitter)
        return {
            "label": (label, TensorProto.INT64, ()),
            "score": (answer.score, TensorProto.DOUBLE, ()),
        }
    if isinstance(answer, Labels):
        width = (len(task.names),)
        found: dict[str, Any] = {"label": (answer.index, TensorProto.INT64, width)}
    else:
        width = (answer.count,)
        found = {"label": _emit_label(answer, task, emitter)}
    if task.has_probabilities:
        if answer.probabilities is None:
            raise Unsupported("its probabilities have no ONNX form")
        single = emitter.cast(answer.probabilities, TensorProto.FLOAT)
        found["probabilities"] = (single, TensorProto.FLOAT, width)
    return found


def _emit_label(answer: Classes, task: ModelTask, emitter: Emitter) -> tuple[str, int, Any]:
    is_text = isinstance(task.classes[0], str)
    classes = np.array(task.classes, dtype=object if is_text else np.int64)
    index = emit_index(answer, emitter)
    label = emitter.graph.add("Gather", emitter.graph.add_constant(classes), index, axis=0)
    return label, TensorProto.STRING if is_text else TensorProto.INT64, ()


def _emit_sign(score: str, emitter: Emitter) -> str:
    """Emits -1 for a negative score, else 1."""
    graph = emitter.graph
    is_negative = graph.add("Less", score, graph.add_constant(0.0))
    return graph.add(
        "Where", is_negative, *(graph.add_constant(np.array(each)) for each in (-1, 1))
    )
