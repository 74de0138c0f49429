"""From decision values to probabilities and labels."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from baton_export.emitter import Classes, Emitter
from baton_export.errors import Unsupported
from baton_export.tasks import BINARY_CLASSES


def emit_sigmoid_pair(decision: str, emitter: Emitter, factor: float = 1.0) -> str:
    """Emits the probabilities of two classes, `[rows, 2]`, from `[rows, 1]`."""
    if factor != 1.0:
        decision = emitter.graph.add("Mul", decision, emitter.graph.add_constant(factor))
    return emit_pair(emitter.graph.add("Sigmoid", decision), emitter)


def emit_pair(second: str, emitter: Emitter) -> str:
    """Emits the probabilities of two classes from that of the second, `[rows, 1]`."""
    first = emitter.graph.add("Sub", emitter.graph.add_constant(1.0), second)
    return emitter.graph.add("Concat", first, second, axis=1)


def emit_normalized(values: str, emitter: Emitter, empty: float | None = None) -> str:
    """Divides each row by its sum; a row of zeros gets `empty` everywhere."""
    graph = emitter.graph
    total = graph.add("ReduceSum", values, graph.add_constant(np.array([1])), keepdims=1)
    if empty is None:
        return graph.add("Div", values, total)
    is_zero = graph.add("Equal", total, graph.add_constant(0.0))
    safe = graph.add("Where", is_zero, graph.add_constant(1.0), total)
    quotient = graph.add("Div", values, safe)
    return graph.add("Where", is_zero, graph.add_constant(empty), quotient)


def emit_index(classes: Classes, emitter: Emitter) -> str:
    """Emits the place of the label in `classes_`, `[rows]`, int64."""
    if classes.index is not None:
        return classes.index
    graph = emitter.graph
    if classes.decision is not None:
        if classes.count > BINARY_CLASSES:
            return graph.add("ArgMax", classes.decision, axis=1, keepdims=0)
        is_second = graph.add("Greater", classes.decision, graph.add_constant(0.0))
        flat = graph.add("Reshape", is_second, graph.add_constant(np.array([-1])))
        return emitter.cast(flat, TensorProto.INT64)
    return graph.add("ArgMax", require_probabilities(classes), axis=1, keepdims=0)


def require_probabilities(classes: Classes) -> str:
    """Returns the probabilities.

    Raises:
        Unsupported: the classifier has none.
    """
    if classes.probabilities is None:
        raise Unsupported("it gives no probabilities", "use a classifier that has predict_proba")
    return classes.probabilities


def take_column(tensor: str, place: int, emitter: Emitter) -> str:
    """Emits one column of a tensor, `[rows, 1]`."""
    return emitter.graph.add(
        "Gather", tensor, emitter.graph.add_constant(np.array([place])), axis=1
    )
