"""`CalibratedClassifierCV`: sigmoid and isotonic calibration of any classifier, in double."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Classes, Emitter
from baton_export.errors import Unsupported
from baton_export.estimators.ensembles import emit_mean
from baton_export.estimators.links import (
    emit_normalized,
    emit_pair,
    require_probabilities,
    take_column,
)
from baton_export.graph.table import Table
from baton_export.unwrapping import unwrap


def emit_calibrated(model: Any, table: Table, emitter: Emitter) -> Classes:
    """`CalibratedClassifierCV`: the mean over its calibrated classifiers."""
    count = len(model.classes_)
    parts = [_emit_member(each, count, table, emitter) for each in model.calibrated_classifiers_]
    return Classes(count, emit_mean(parts, emitter))


def emit_frozen(model: Any, table: Table, emitter: Emitter) -> Any:
    """`FrozenEstimator`: its estimator."""
    return emitter.emit_estimator(model.estimator, table)


def _emit_member(member: Any, count: int, table: Table, emitter: Emitter) -> str:
    estimator = unwrap(member.estimator)
    classes = emitter.emit_classes(estimator, table)
    if classes.count != count:
        raise Unsupported("a member saw fewer classes than there are", "use more rows")
    has_decision = hasattr(estimator, "decision_function")
    if has_decision and classes.decision is None:
        raise Unsupported("its decision function has no ONNX form", "use another estimator")
    source = str(classes.decision) if has_decision else require_probabilities(classes)
    if classes.is_binary and not has_decision:
        source = take_column(source, 1, emitter)
    if member.method not in ("sigmoid", "isotonic"):
        raise Unsupported(f"method={member.method!r}", "use method='sigmoid'")
    columns = []
    for place, calibrator in enumerate(member.calibrators):
        value = source if classes.is_binary else take_column(source, place, emitter)
        emit = _emit_sigmoid if member.method == "sigmoid" else _emit_isotonic
        columns.append(emit(calibrator, value, emitter))
    if classes.is_binary:
        return emit_pair(columns[0], emitter)
    joined = emitter.graph.add("Concat", *columns, axis=1)
    return emit_normalized(joined, emitter, empty=1 / count)


def _emit_sigmoid(calibrator: Any, value: str, emitter: Emitter) -> str:
    graph = emitter.graph
    product = graph.add("Mul", value, graph.add_constant(-float(calibrator.a_)))
    return graph.add("Sigmoid", graph.add("Sub", product, graph.add_constant(float(calibrator.b_))))


def _emit_isotonic(calibrator: Any, value: str, emitter: Emitter) -> str:
    """Emits the interpolation of scipy's `interp1d`: the segment, then its line."""
    graph = emitter.graph
    x = np.asarray(calibrator.X_thresholds_, dtype=float)
    y = np.asarray(calibrator.y_thresholds_, dtype=float)
    if len(x) == 1:
        scaled = graph.add("Mul", value, graph.add_constant(0.0))
        return graph.add("Add", scaled, graph.add_constant(float(y[0])))
    low, high = (graph.add_constant(float(each)) for each in (x[0], x[-1]))
    value = graph.add("Clip", value, low, high)
    is_below = graph.add("Less", graph.add_constant(x[1:-1].reshape(1, -1)), value)
    flags = emitter.cast(is_below, TensorProto.INT64)
    axis = graph.add_constant(np.array([1]))
    segment = graph.add("ReduceSum", flags, axis, keepdims=0)
    shape = graph.add_constant(np.array([-1, 1]))
    slopes = np.diff(y) / np.diff(x)
    start_x, start_y, slope = (
        graph.add("Gather", graph.add_constant(each.reshape(-1, 1)), segment, axis=0)
        for each in (x[:-1], y[:-1], slopes)
    )
    line = graph.add("Mul", slope, graph.add("Sub", value, start_x))
    return graph.add("Reshape", graph.add("Add", line, start_y), shape)
