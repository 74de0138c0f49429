"""The usual way: skl2onnx converts the whole model, numbers are float32."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import onnx
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.pipeline import Pipeline

from baton_export.graph.opsets import OPSETS
from baton_export.inputs import InputMatrix, Inputs
from baton_export.tasks import ModelTask
from baton_export.unwrapping import is_pipeline, iter_steps, unwrap
from baton_export.usual.boosters import register_boosters
from baton_export.usual.outputs import finish_outputs


def convert_usual(model: Any, inputs: Inputs, task: ModelTask) -> onnx.ModelProto:
    """Converts the whole model with skl2onnx.

    Raises:
        Exception: skl2onnx cannot convert it; its errors have no common base.
    """
    model = drop_samplers(unwrap(model))
    converted = _convert(model, inputs)
    finish_outputs(converted, task)
    return converted


def drop_samplers(model: Any) -> Any:
    """Returns a pipeline of scikit-learn without steps that have no effect on predictions."""
    return Pipeline([*iter_steps(model)]) if is_pipeline(model) else model


def list_initial_types(inputs: Inputs) -> list[tuple[str, Any]]:
    """Lists the inputs as skl2onnx wants them: texts, and float32 for all else."""
    if isinstance(inputs, InputMatrix):
        return [(inputs.name, FloatTensorType([None, inputs.width]))]
    return [
        (each.name, (StringTensorType if each.is_text else FloatTensorType)([None, 1]))
        for each in inputs
    ]


def _convert(model: Any, inputs: Inputs) -> onnx.ModelProto:
    with warnings.catch_warnings(), register_boosters(model):
        warnings.simplefilter("ignore")  # protobuf deprecates what skl2onnx passes
        converted: onnx.ModelProto = convert_sklearn(
            copy.copy(model), initial_types=list_initial_types(inputs), target_opset=OPSETS
        )
    return converted
