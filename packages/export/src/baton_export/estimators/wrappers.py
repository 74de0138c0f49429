"""Estimators that change the answer of one other estimator."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Anomalies, Classes, Emitter
from baton_export.errors import Unsupported
from baton_export.estimators.links import require_probabilities, take_column
from baton_export.graph.table import Matrix, Table
from baton_export.steps.functions import emit_function


def emit_transformed_target(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`TransformedTargetRegressor`: the inverse of a numpy function or of a scaler."""
    graph = emitter.graph
    value = emitter.emit_values(model.regressor_, table, "regressor")
    transformer = model.transformer_
    name = type(transformer).__name__
    if name == "FunctionTransformer":
        if transformer.inverse_func is None:
            return value
        return Matrix(emit_function(transformer.inverse_func, value.tensor, graph), value.width)
    if name == "StandardScaler":
        tensor = value.tensor
        if transformer.with_std:
            tensor = graph.add("Mul", tensor, _row(transformer.scale_, emitter))
        if transformer.with_mean:
            tensor = graph.add("Add", tensor, _row(transformer.mean_, emitter))
        return Matrix(tensor, value.width)
    if name == "MinMaxScaler":
        tensor = graph.add("Sub", value.tensor, _row(transformer.min_, emitter))
        return Matrix(graph.add("Div", tensor, _row(transformer.scale_, emitter)), value.width)
    raise Unsupported(
        f"the inverse of {name} is not expressed", "use a numpy function or StandardScaler"
    )


def emit_threshold(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`FixedThresholdClassifier` and `TunedThresholdClassifierCV`: the label by a threshold."""
    graph = emitter.graph
    inner = emitter.emit_classes(model.estimator_, table, "estimator")
    threshold = getattr(model, "best_threshold_", getattr(model, "threshold", "auto"))
    by_decision = _uses_decision(model)
    if threshold == "auto":
        threshold = 0.0 if by_decision else 0.5
    if by_decision:
        if inner.decision is None:
            raise Unsupported("its decision function has no ONNX form", "use predict_proba")
        score = inner.decision
    else:
        score = require_probabilities(inner)
    label = _find_positive_label(model)
    positive = 1 if label is None else [*model.classes_].index(label)
    if by_decision and positive == 0:
        score = graph.add("Neg", score)
    elif not by_decision:
        score = take_column(score, positive, emitter)
    is_positive = graph.add("GreaterOrEqual", score, graph.add_constant(float(threshold)))
    flat = graph.add("Reshape", is_positive, graph.add_constant(np.array([-1])))
    index = emitter.cast(flat, TensorProto.INT64)
    if positive == 0:
        index = graph.add("Sub", graph.add_constant(np.array(1)), index)
    return Classes(inner.count, inner.probabilities, inner.decision, index)


def emit_elliptic_envelope(model: Any, table: Table, emitter: Emitter) -> Anomalies:
    """`EllipticEnvelope`: the negative squared Mahalanobis distance, less the offset."""
    graph = emitter.graph
    matrix = table.join(graph)
    centered = graph.add("Sub", matrix.tensor, _row(model.location_, emitter))
    precision = np.asarray(model.get_precision(), dtype=float)
    product = graph.add("MatMul", centered, graph.add_constant(precision))
    axis = graph.add_constant(np.array([1]))
    distance = graph.add("ReduceSum", graph.add("Mul", product, centered), axis, keepdims=0)
    offset = graph.add_constant(float(model.offset_))
    return Anomalies(graph.add("Sub", graph.add("Neg", distance), offset))


def emit_dummy_regressor(model: Any, table: Table, emitter: Emitter) -> Matrix:
    """`DummyRegressor`: a constant."""
    values = np.asarray(model.constant_, dtype=float).reshape(1, -1)
    return Matrix(emit_constant_rows(values, table, emitter), values.shape[1])


def emit_dummy_classifier(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`DummyClassifier` that always gives the same answer."""
    if model.strategy in ("stratified", "uniform"):
        raise Unsupported(f"strategy={model.strategy!r} is random", "use strategy='prior'")
    probabilities = np.asarray(model.predict_proba(np.zeros((1, 1))))
    tensor = emit_constant_rows(probabilities, table, emitter)
    return Classes(len(model.classes_), tensor)


def emit_constant_rows(values: Any, table: Table, emitter: Emitter) -> str:
    """Emits the same row for each row of the table."""
    graph = emitter.graph
    shape = graph.add("Shape", table.columns[0].matrix.tensor, end=1)
    rows = graph.add("Concat", shape, graph.add_constant(np.array([1])), axis=0)
    return graph.add("Expand", graph.add_constant(np.asarray(values, dtype=float)), rows)


def _find_positive_label(model: Any) -> Any:
    if hasattr(model, "pos_label"):
        return model.pos_label
    return model._curve_scorer._get_pos_label()


def _uses_decision(model: Any) -> bool:
    method = model.response_method
    if method == "auto":  # the first that the estimator has
        return not hasattr(model.estimator_, "predict_proba")
    return bool(method == "decision_function")


def _row(values: Any, emitter: Emitter) -> str:
    return emitter.graph.add_constant(np.asarray(values, dtype=float).reshape(1, -1))
