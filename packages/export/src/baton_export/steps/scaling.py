"""Scales numbers, in double and in the order of operations of scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Emitter
from baton_export.errors import Unsupported
from baton_export.graph.table import Matrix, Table


def emit_standard_scaler(step: Any, table: Table, emitter: Emitter) -> Table:
    """`StandardScaler`: subtracts, then divides."""
    return _scale(table, emitter, step.mean_ if step.with_mean else None, "Div", step.scale_)


def emit_robust_scaler(step: Any, table: Table, emitter: Emitter) -> Table:
    """`RobustScaler`: subtracts, then divides."""
    center = step.center_ if step.with_centering else None
    return _scale(table, emitter, center, "Div", step.scale_ if step.with_scaling else None)


def emit_max_abs_scaler(step: Any, table: Table, emitter: Emitter) -> Table:
    """`MaxAbsScaler`: divides."""
    return _scale(table, emitter, None, "Div", step.scale_)


def emit_min_max_scaler(step: Any, table: Table, emitter: Emitter) -> Table:
    """`MinMaxScaler`: multiplies, adds, and cuts if `clip`."""
    graph = emitter.graph
    matrix = table.join(graph)
    product = graph.add("Mul", matrix.tensor, _row(step.scale_, emitter))
    tensor = graph.add("Add", product, _row(step.min_, emitter))
    if step.clip:
        low, high = (graph.add_constant(float(each)) for each in step.feature_range)
        tensor = graph.add("Clip", tensor, low, high)
    return Table.from_matrix(Matrix(tensor, matrix.width))


def emit_normalizer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`Normalizer`: divides each row by its norm; a row of zeros stays."""
    graph = emitter.graph
    matrix = table.join(graph)
    axis = graph.add_constant(np.array([1]))
    if step.norm == "l2":
        square = graph.add("Mul", matrix.tensor, matrix.tensor)
        norm = graph.add("Sqrt", graph.add("ReduceSum", square, axis, keepdims=1))
    else:
        operator = {"l1": "ReduceSum", "max": "ReduceMax"}[step.norm]
        norm = graph.add(operator, graph.add("Abs", matrix.tensor), axis, keepdims=1)
    is_zero = graph.add("Equal", norm, graph.add_constant(0.0))
    norm = graph.add("Where", is_zero, graph.add_constant(1.0), norm)
    return Table.from_matrix(Matrix(graph.add("Div", matrix.tensor, norm), matrix.width))


def emit_binarizer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`Binarizer`: 1 above the threshold."""
    matrix = table.join(emitter.graph)
    is_above = emitter.graph.add(
        "Greater", matrix.tensor, emitter.graph.add_constant(float(step.threshold))
    )
    return Table.from_matrix(Matrix(emitter.cast(is_above, TensorProto.DOUBLE), matrix.width))


def emit_power_transformer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`PowerTransformer`: Box-Cox or Yeo-Johnson per column, then its scaler.

    The formulas are those of scikit-learn's `_yeo_johnson_transform` and `scipy.special.boxcox`.
    """
    graph = emitter.graph
    matrix = table.join(graph)
    if step.method != "yeo-johnson":
        raise Unsupported("method='box-cox' has no exact form", "use method='yeo-johnson'")
    lambdas = np.asarray(step.lambdas_, dtype=float)
    zero, one = graph.add_constant(0.0), graph.add_constant(1.0)
    upper = graph.add("Add", graph.add("Max", matrix.tensor, zero), one)  # x + 1 for x >= 0
    lower = graph.add("Add", graph.add("Neg", graph.add("Min", matrix.tensor, zero)), one)
    high = _power(upper, lambdas, emitter)
    low = graph.add("Neg", _power(lower, 2 - lambdas, emitter))
    is_negative = graph.add("Less", matrix.tensor, zero)
    tensor = graph.add("Where", is_negative, low, high)
    result = Table.from_matrix(Matrix(tensor, matrix.width))
    return emit_standard_scaler(step._scaler, result, emitter) if step.standardize else result


def _power(base: str, exponents: Any, emitter: Emitter) -> str:
    """Emits `(base ** e - 1) / e` per column, and `log(base)` if e is 0."""
    graph = emitter.graph
    is_log = np.abs(exponents) < np.spacing(1.0)
    safe = np.where(is_log, 1.0, exponents)
    power = graph.add("Sub", graph.add("Pow", base, _row(safe, emitter)), graph.add_constant(1.0))
    quotient = graph.add("Div", power, _row(safe, emitter))
    if not is_log.any():
        return quotient
    return graph.add("Where", _row(is_log, emitter), graph.add("Log", base), quotient)


def _scale(table: Table, emitter: Emitter, center: Any, operator: str, scale: Any) -> Table:
    matrix = table.join(emitter.graph)
    tensor = matrix.tensor
    if center is not None:
        tensor = emitter.graph.add("Sub", tensor, _row(center, emitter))
    if scale is not None:
        tensor = emitter.graph.add(operator, tensor, _row(scale, emitter))
    return Table.from_matrix(Matrix(tensor, matrix.width))


def _row(values: Any, emitter: Emitter) -> str:
    array = np.asarray(values)
    kind = bool if array.dtype == bool else float
    return emitter.graph.add_constant(array.astype(kind).reshape(1, -1))
