"""Functions of numbers: named numpy ufuncs, polynomials, bins, projections."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Emitter
from baton_export.errors import Unsupported
from baton_export.graph.graph import Graph
from baton_export.graph.table import Matrix, Table, concatenate

_SIMPLE = {
    "absolute": "Abs",
    "exp": "Exp",
    "sqrt": "Sqrt",
    "log": "Log",
    "negative": "Neg",
    "floor": "Floor",
    "ceil": "Ceil",
    "reciprocal": "Reciprocal",
    "sign": "Sign",
    "tanh": "Tanh",
}
NAMES = ("abs", "cbrt", "exp", "expm1", "floor", "log", "log10", "log1p", "log2", "sqrt", "square")


def emit_function_transformer(step: Any, table: Table, emitter: Emitter) -> Table:
    """`FunctionTransformer` of nothing, or of a named numpy function."""
    if step.func is None:
        return table
    if step.kw_args:
        raise Unsupported("kw_args are not expressed", "use a numpy function without arguments")
    matrix = table.join(emitter.graph)
    tensor = emit_function(step.func, matrix.tensor, emitter.graph)
    return Table.from_matrix(Matrix(tensor, matrix.width))


def emit_function(function: Any, tensor: str, graph: Graph) -> str:
    """Emits a numpy function of doubles.

    Raises:
        Unsupported: it is another function.
    """
    if not isinstance(function, np.ufunc):
        name = getattr(function, "__name__", "a function")
        hint = f"use a numpy function: {', '.join(NAMES)}"
        raise Unsupported(f"{name} is Python code, which ONNX cannot express", hint)
    name = function.__name__
    if name in _SIMPLE:
        return graph.add(_SIMPLE[name], tensor)
    one = graph.add_constant(1.0)
    if name == "log1p":
        return graph.add("Log", graph.add("Add", tensor, one))
    if name == "expm1":
        return graph.add("Sub", graph.add("Exp", tensor), one)
    if name == "square":
        return graph.add("Mul", tensor, tensor)
    if name in ("log2", "log10"):
        base = graph.add_constant(float(np.log(2.0 if name == "log2" else 10.0)))
        return graph.add("Div", graph.add("Log", tensor), base)
    if name == "cbrt":
        root = graph.add("Pow", graph.add("Abs", tensor), graph.add_constant(1 / 3))
        return graph.add("Mul", graph.add("Sign", tensor), root)
    raise Unsupported(f"numpy.{name} is not expressed", f"use one of {', '.join(NAMES)}")


def emit_polynomial_features(step: Any, table: Table, emitter: Emitter) -> Table:
    """`PolynomialFeatures`: products in the order of scikit-learn's `powers_`."""
    graph = emitter.graph
    matrix = table.join(graph)
    groups: list[Table] = []
    for degree, group in groupby(step.powers_, key=lambda powers: int(powers.sum())):
        products = [np.repeat(np.arange(matrix.width), powers) for powers in group]
        if degree == 0:
            zeros = graph.add("Mul", matrix.tensor, graph.add_constant(0.0))
            first = Table.from_matrix(Matrix(zeros, matrix.width)).take([0]).join(graph)
            ones = graph.add("Where", graph.add("IsNaN", first.tensor), *_pair(graph))
            groups.append(Table.from_matrix(Matrix(ones, 1)))
            continue
        factors = np.array(products)
        tensor = ""
        for place in range(degree):
            indices = graph.add_constant(factors[:, place])
            factor = graph.add("Gather", matrix.tensor, indices, axis=1)
            tensor = graph.add("Mul", tensor, factor) if tensor else factor
        groups.append(Table.from_matrix(Matrix(tensor, len(factors))))
    return concatenate(groups)


def emit_k_bins(step: Any, table: Table, emitter: Emitter) -> Table:
    """`KBinsDiscretizer`: counts the inner edges at or below a value."""
    graph = emitter.graph
    matrix = table.join(graph)
    columns = []
    for place, edges in enumerate(step.bin_edges_):
        value = Table.from_matrix(matrix).take([place]).join(graph)
        inner = graph.add_constant(np.asarray(edges[1:-1], dtype=float).reshape(1, -1))
        flags = emitter.cast(graph.add("GreaterOrEqual", value.tensor, inner), TensorProto.DOUBLE)
        axis = graph.add_constant(np.array([1]))
        code = graph.add("ReduceSum", flags, axis, keepdims=1)
        if step.encode == "ordinal":
            columns.append(Table.from_matrix(Matrix(code, 1)))
            continue
        bins = graph.add_constant(np.arange(len(edges) - 1, dtype=float).reshape(1, -1))
        is_bin = emitter.cast(graph.add("Equal", code, bins), TensorProto.DOUBLE)
        columns.append(Table.from_matrix(Matrix(is_bin, len(edges) - 1)))
    return concatenate(columns)


def emit_projection(step: Any, table: Table, emitter: Emitter) -> Table:
    """`PCA`, `IncrementalPCA` and `TruncatedSVD`: subtracts the mean and multiplies."""
    graph = emitter.graph
    tensor = table.join(graph).tensor
    if (mean := getattr(step, "mean_", None)) is not None:
        tensor = graph.add("Sub", tensor, graph.add_constant(np.asarray(mean).reshape(1, -1)))
    components = np.asarray(step.components_, dtype=float)
    tensor = graph.add("MatMul", tensor, graph.add_constant(components.T))
    if getattr(step, "whiten", False):
        scale = np.sqrt(step.explained_variance_)
        tensor = graph.add("Div", tensor, graph.add_constant(scale.reshape(1, -1)))
    return Table.from_matrix(Matrix(tensor, len(components)))


def emit_selection(step: Any, table: Table, emitter: Emitter) -> Table:
    """Any selector of columns, such as `SelectKBest`."""
    del emitter
    return table.take([*map(int, step.get_support(indices=True))])


def _pair(graph: Graph) -> tuple[str, str]:
    one = graph.add_constant(1.0)
    return one, one
