"""Converts single steps that have no emitter of their own with skl2onnx."""

from __future__ import annotations

import copy
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, shape_inference
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType, StringTensorType
from sklearn.base import ClassifierMixin, OutlierMixin

from baton_export.emitter import Anomalies, Answer, Classes, Emitter, Labels
from baton_export.errors import Unsupported
from baton_export.graph.opsets import OPSETS
from baton_export.graph.table import Matrix, Table
from baton_export.tasks import BINARY_CLASSES, count_outputs

_INPUT = "input"
_SINGLE_ONLY = ("sklearn.tree", "sklearn.ensemble", "sklearn.svm")
"""ONNX Runtime's trees and support vector machines are float32 in skl2onnx's graphs."""


def emit_step(step: Any, table: Table, emitter: Emitter) -> Table:
    """A transformer that only skl2onnx knows."""
    matrix = table.join(emitter.graph)
    outputs = _convert(step, matrix, emitter, None)
    tensor = emitter.cast(outputs[0], TensorProto.DOUBLE)
    width = _count_outputs(step, matrix)
    shape = emitter.graph.add_constant(np.array([-1, width]))
    return Table.from_matrix(Matrix(emitter.graph.add("Reshape", tensor, shape), width))


def emit_estimator(model: Any, table: Table, emitter: Emitter) -> Answer:
    """An estimator that only skl2onnx knows."""
    matrix = table.join(emitter.graph)
    graph = emitter.graph
    if isinstance(model, OutlierMixin):
        label, score = _convert(model, matrix, emitter, None)
        flat = graph.add_constant(np.array([-1]))
        score = emitter.cast(graph.add("Reshape", score, flat), TensorProto.DOUBLE)
        return Anomalies(score, graph.add("Reshape", label, flat))
    if not isinstance(model, ClassifierMixin):
        tensor = emitter.cast(_convert(model, matrix, emitter, None)[0], TensorProto.DOUBLE)
        width = count_outputs(model)
        shape = graph.add_constant(np.array([-1, width]))
        return Matrix(graph.add("Reshape", tensor, shape), width)
    outputs = _convert(model, matrix, emitter, {"zipmap": False})
    if isinstance(model.classes_, list):
        return _read_labels(model, outputs, emitter)
    if not hasattr(model, "predict_proba"):
        return Classes(len(model.classes_), index=_find_index(model, outputs[0], emitter))
    probabilities = emitter.cast(outputs[1], TensorProto.DOUBLE)
    index = _find_index(model, outputs[0], emitter)
    return Classes(len(model.classes_), probabilities=probabilities, index=index)


def _find_index(model: Any, label: str, emitter: Emitter) -> str:
    """Emits the place of a label in `classes_`."""
    classes = model.classes_.tolist()
    flat = emitter.graph.add("Reshape", label, emitter.graph.add_constant(np.array([-1])))
    places = {"values_int64s": [*range(len(classes))]}
    if isinstance(classes[0], str):
        return emitter.graph.add_ml("LabelEncoder", flat, keys_strings=classes, **places)
    numbers = emitter.cast(flat, TensorProto.DOUBLE)
    table = emitter.graph.add_constant(np.array([classes], dtype=float))
    column = emitter.graph.add("Reshape", numbers, emitter.graph.add_constant(np.array([-1, 1])))
    flags = emitter.cast(emitter.graph.add("Equal", column, table), TensorProto.INT64)
    return emitter.graph.add("ArgMax", flags, axis=1, keepdims=0)


def _read_labels(model: Any, outputs: list[str], emitter: Emitter) -> Labels:
    graph = emitter.graph
    one = graph.add_constant(np.array(1))
    if any(len(each) != BINARY_CLASSES for each in model.classes_):
        raise Unsupported("a label has one class only")
    second = graph.add("Gather", emitter.cast(outputs[1], TensorProto.DOUBLE), one, axis=2)
    probabilities = graph.add("Transpose", second, perm=[1, 0])
    shape = graph.add_constant(np.array([-1, len(model.classes_)]))
    index = emitter.cast(graph.add("Reshape", outputs[0], shape), TensorProto.INT64)
    return Labels(index, probabilities)


def _convert(step: Any, matrix: Matrix, emitter: Emitter, options: Any) -> list[str]:
    """Converts a step and adds its graph; tries doubles first, unless the library has none."""
    emitter.used_fallback = True
    must_round = emitter.single or type(step).__module__.startswith(_SINGLE_ONLY)
    if matrix.is_text:
        model = _convert_alone(step, StringTensorType([None, matrix.width]), options)
        return emitter.graph.inline(model, {_INPUT: matrix.tensor})
    if not must_round:
        with suppress(Exception):  # whatever the converter raises, float32 may be possible
            model = _convert_alone(step, DoubleTensorType([None, matrix.width]), options)
            return emitter.graph.inline(model, {_INPUT: matrix.tensor})
    model = _convert_alone(step, FloatTensorType([None, matrix.width]), options)
    rounded = emitter.cast(matrix.tensor, TensorProto.FLOAT)
    return emitter.graph.inline(model, {_INPUT: rounded})


def _convert_alone(step: Any, kind: Any, options: Any) -> onnx.ModelProto:
    """Converts one step, and checks the types of its graph: some converters mix them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # protobuf deprecates what skl2onnx passes
        step = copy.copy(step)
        model: onnx.ModelProto = convert_sklearn(
            step,
            initial_types=[(_INPUT, kind)],
            options={id(step): options} if options else None,
            target_opset=OPSETS,
        )
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    return model


def _count_outputs(step: Any, matrix: Matrix) -> int:
    """Counts the columns that a transformer returns."""
    rows = np.zeros((2, matrix.width))
    return int(np.shape(step.transform(rows))[1])
